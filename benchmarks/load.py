"""A small load generator: keep-alive connections, a warm-up, and latencies in milliseconds."""

import http.client
import threading
import time
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Target:
    name: str
    port: int
    path: str
    cookie: str


@dataclass(frozen=True)
class Result:
    """Requests a second, and the 50th and 99th percentile of latency in milliseconds."""

    rps: float
    p50: float
    p99: float
    cpu_ms: float


def _client(target: Target, until: float, out: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=30)
    headers = {"Cookie": target.cookie, "Host": f"127.0.0.1:{target.port}"}
    while time.perf_counter() < until:
        begun = time.perf_counter()
        connection.request("GET", target.path, headers=headers)
        reply = connection.getresponse()
        body = reply.read()
        if reply.status != 200:
            raise RuntimeError(f"{target.name} {target.path}: {reply.status} {body[:200]!r}")
        out.append((time.perf_counter() - begun) * 1000)
    connection.close()


def cpu_seconds(pids: list[int]) -> float:
    """Processor time that these processes have used so far, from /proc."""
    total = 0.0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as stat:
            values = stat.read().rsplit(")", 1)[1].split()
        total += (int(values[11]) + int(values[12])) / 100
    return total


def measure(target: Target, *, clients: int, seconds: float, pids: list[int]) -> Result:
    """Ask for one page from `clients` connections at once for a while.

    Args:
        pids: the server's processes, whose processor time per request is reported too.
    """
    spans: list[list[float]] = [[] for _ in range(clients)]
    before, begun = cpu_seconds(pids), time.perf_counter()
    threads = [threading.Thread(target=_client, args=(target, begun + seconds, span)) for span in spans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    spent = cpu_seconds(pids) - before
    latencies = [value for span in spans for value in span]
    return Result(
        rps=len(latencies) / took,
        p50=median(latencies),
        p99=quantiles(latencies, n=100)[98] if len(latencies) > 2 else max(latencies),
        cpu_ms=spent * 1000 / len(latencies),
    )
