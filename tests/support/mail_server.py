"""A mail server for the tests: it takes mail as a real one does and writes each letter into a folder, read by Python's own
e-mail library, before it says that it has it.

What it does with a recipient is in the name before the @:
  refused  is never taken (550)
  later    is put off the first time (450)
  hangup   is taken, and the connection is cut before the sender hears of it, the first time
  stall    has the sender wait for ever, the first time
"""
import argparse
import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys
import warnings
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult


def say(event, **more):
    """One line for the test that started us."""
    print(json.dumps({"event": event, **more}), flush=True)


class Handler:
    """Decides about recipients and keeps letters."""

    def __init__(self, folder):
        self.folder = folder

    def first_time(self, what):
        """Whether this is asked for the first time, also by a server that ran before this one."""
        mark = self.folder / f"{what}.seen"
        seen = mark.exists()
        mark.touch()
        return not seen

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        who = address.partition("@")[0]
        if who == "refused":
            say("refused")
            return f"550 5.1.1 <{address}> there is nobody of this name here"
        if who == "later" and self.first_time(address):
            say("put_off")
            return f"450 4.2.1 <{address}> is busy, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        who = envelope.rcpt_tos[0].partition("@")[0]
        if who == "stall" and self.first_time(envelope.rcpt_tos[0]):
            say("stalled")
            await asyncio.Event().wait()
        self.keep(server, session, envelope)
        if who == "hangup" and self.first_time(envelope.rcpt_tos[0]):
            server.transport.abort()
        return "250 taken"

    def keep(self, server, session, envelope):
        """Writes the letter down whole, then puts it where the test looks."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        bodies = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
        letter = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "parts": [part.get_content_type() for part in message.walk()],
            "text": bodies.get("text/plain"),
            "html": bodies.get("text/html"),
            "encrypted": server.transport.get_extra_info("ssl_object") is not None,
            "user": getattr(session, "auth_data", None),
            "defects": [str(defect) for defect in message.defects],
        }
        number = len(list(self.folder.glob("*.json")))
        written = self.folder / "letter.part"
        written.write_text(json.dumps(letter))
        written.rename(self.folder / f"{number:04}.json")
        say("letter")


def signs_in(credentials):
    """A way to sign in that takes one user and one password."""

    def check(server, session, envelope, mechanism, data):
        given = f"{data.login.decode()}:{data.password.decode()}"
        return AuthResult(success=given == credentials, handled=False, auth_data=data.login.decode())

    return check


async def serve(arguments):
    """Listens until the process is ended."""
    handler = Handler(arguments.folder)
    options = {"hostname": "mail.example.org", "enable_SMTPUTF8": False}
    if arguments.credentials:
        options |= {"authenticator": signs_in(arguments.credentials), "auth_required": True, "auth_require_tls": False}
    context = None
    if arguments.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.certificate, arguments.key)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop, **options), arguments.host, arguments.port, ssl=context)
    say("listening", port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--credentials")
    # Signing in without TLS is meant: this server is never reached from outside.
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    try:
        asyncio.run(serve(parser.parse_args()))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
