"""A real mail server for tests (aiosmtpd): what it answers follows from the receiver's name, and each try is one line of JSON.

later-2@...    451 twice, then taken      never@...   451 always      refused@...   550 at once      anybody else: taken
"""

import asyncio
import json
import sys
from collections import Counter
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP


class Box:
    tries = Counter()

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tries[address] += 1
        name = address.split("@")[0]
        answer = "250 OK"
        if name == "refused":
            answer = "550 5.1.1 no such mailbox"
        elif name == "never" or (name.startswith("later-") and self.tries[address] <= int(name[6:])):
            answer = "451 4.7.1 try again later"
        else:
            envelope.rcpt_tos.append(address)
        if not answer.startswith("250"):
            say(to=address, answer=answer)
        return answer

    async def handle_DATA(self, server, session, envelope):
        letter = message_from_bytes(envelope.original_content, policy=policy.default)
        say(
            to=envelope.rcpt_tos[0],
            answer="250",
            sender=envelope.mail_from,
            subject=str(letter["subject"]),
            id=str(letter["message-id"]),
            date=str(letter["date"]),
            version=str(letter["mime-version"]),
            kind=letter.get_content_type(),
            charset=letter.get_content_charset(),
            text=letter.get_content(),
            defects=[repr(defect) for part in letter.walk() for defect in part.defects],
            plain=all(byte < 128 for byte in envelope.original_content),
        )
        return "250 taken"


def say(**what):
    print(json.dumps(what), flush=True)


async def main():
    loop = asyncio.get_running_loop()
    box = Box()
    server = await loop.create_server(lambda: SMTP(box, enable_SMTPUTF8=False), "127.0.0.1", int(sys.argv[1]))
    say(port=server.sockets[0].getsockname()[1])
    # It ends with the test: when nobody holds the other end of its input.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
