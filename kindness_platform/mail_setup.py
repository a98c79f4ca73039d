"""How mail is set up, and what it means when it does not work, in words for the operator."""

import smtplib
import socket
import ssl

from django.conf import settings


def describe() -> str:
    """Where mail goes, without the password."""
    if not settings.MAIL_URL:
        return "Letters are only kept in the database."
    options = settings.MAILERS["default"]["OPTIONS"]
    safety = "TLS" if options["use_ssl"] else "STARTTLS" if options["use_tls"] else "no encryption"
    user = f" as {options['username']}" if options["username"] else ""
    return f"{options['host']}:{options['port']} ({safety}){user}"


def explain(problem: BaseException) -> str:
    """What went wrong between us and the mail server, and what to look at."""
    for kind, words in _WORDS.items():
        if isinstance(problem, kind):
            return words.format(where=describe(), said=_said(problem))
    return f"{type(problem).__name__}: {problem}"


def _said(problem: BaseException) -> str:
    """The server's own words, on one line."""
    words: bytes | str
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(problem.recipients.values()))
    elif isinstance(problem, smtplib.SMTPResponseException):
        code, words = problem.smtp_code, problem.smtp_error
    else:
        return " ".join(str(problem).split())
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    return f"{code} {' '.join(text.split())}"


# From the special to the general: several of these are kinds of those below them.
_WORDS: dict[type[BaseException], str] = {
    smtplib.SMTPAuthenticationError: "The mail server does not accept this user name and password ({said}). "
    "Look at MAIL_URL; characters like @ or : in a password are written as %40 and %3A.",
    smtplib.SMTPSenderRefused: "The mail server does not let this sender through ({said}). Look at MAIL_FROM.",
    smtplib.SMTPRecipientsRefused: "The mail server refuses this recipient ({said}).",
    smtplib.SMTPNotSupportedError: "The mail server cannot do what MAIL_URL asks for ({said}). "
    "Perhaps it is smtps:// with port 465, or without tls=starttls.",
    smtplib.SMTPDataError: "The mail server refuses the letter ({said}).",
    smtplib.SMTPServerDisconnected: "{where} does not answer, or hangs up in the middle ({said}). "
    "Perhaps it speaks TLS from the start: then it is smtps:// with port 465.",
    smtplib.SMTPException: "The mail server says: {said}",
    ssl.SSLCertVerificationError: "The certificate of the mail server is not valid for its name ({said}).",
    ssl.SSLError: "{where} does not speak TLS this way ({said}). Port 587 wants smtp:// and ?tls=starttls, "
    "port 465 wants smtps://.",
    socket.gaierror: "There is no server of this name: {where}. Look at MAIL_URL, and at this machine's DNS.",
    TimeoutError: "{where} does not answer. Perhaps a firewall is in between, or it is another port.",
    ConnectionRefusedError: "Nothing listens at {where}. Look at the port in MAIL_URL.",
    OSError: "{where} cannot be reached: {said}",
}
