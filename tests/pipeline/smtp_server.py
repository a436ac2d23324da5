#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An SMTP server for tests: STARTTLS and a password are required. Each mail that
it accepts is a file in BOX. SCRIPT is what it says after DATA, one answer a
mail, the last one for ever: 250, 451, 550, or drop: takes the mail, then hangs up.
usage: smtp_server.py CERT KEY USER PASSWORD BOX SCRIPT   (prints its port)"""
import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

cert, key, user, password, box, script = sys.argv[1:7]
answers = script.split(',')
os.makedirs(box, exist_ok=True)
count = len(os.listdir(box))


class Handler:
    async def handle_DATA(self, server, session, envelope):
        global count
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer in ('250', 'drop'):
            count += 1
            path = os.path.join(box, '%06d' % count)
            with open(path + '.new', 'wb') as out:
                out.write(envelope.content)
            os.rename(path + '.new', path)
        if answer == 'drop':
            server.transport.abort()
        return {'250': '250 2.0.0 Ok', '451': '451 4.3.0 Come back later'}.get(
            answer, '550 5.7.1 Not wanted')


def check(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (user.encode(), password.encode())
    return AuthResult(success=good)


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    handler = Handler()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, tls_context=context, require_starttls=True,
                     authenticator=check, auth_required=True, hostname='localhost'),
        'localhost', 0, family=2)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
