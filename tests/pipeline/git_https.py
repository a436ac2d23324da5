# SPDX-License-Identifier: GPL-2.0-or-later
#
# An HTTPS server on loopback that runs git-http-backend for whoever knows the
# password. Usage: git_https.py CERT KEY USER PASSWORD FOLDER LOG; prints its port.
import base64
import http.server
import os
import ssl
import subprocess
import sys

cert, key, user, password, folder, log = sys.argv[1:]
known = 'Basic ' + base64.b64encode(f'{user}:{password}'.encode()).decode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self, body):
        with open(log, 'a') as out:
            out.write(f"{self.path} {self.headers.get('Authorization', 'nobody') == known}\n")
        if self.path.startswith('/elsewhere/'):
            return self.finish_with(302, [('Location', 'https://127.0.0.2:1/')], b'')
        if self.headers.get('Authorization') != known:
            return self.finish_with(401, [('WWW-Authenticate', 'Basic realm="lab"')], b'')
        path, _, query = self.path.partition('?')
        done = subprocess.run(['git', 'http-backend'], input=body, stdout=subprocess.PIPE, env={
            'PATH': os.environ['PATH'], 'GIT_PROJECT_ROOT': folder, 'GIT_HTTP_EXPORT_ALL': '1',
            'REQUEST_METHOD': self.command, 'PATH_INFO': path, 'QUERY_STRING': query,
            'CONTENT_TYPE': self.headers.get('Content-Type', ''), 'CONTENT_LENGTH': str(len(body)),
            'HTTP_CONTENT_ENCODING': self.headers.get('Content-Encoding', ''),
            'GIT_CONFIG_COUNT': '1', 'GIT_CONFIG_KEY_0': 'safe.directory', 'GIT_CONFIG_VALUE_0': '*'})
        head, _, rest = done.stdout.partition(b'\r\n\r\n')
        fields = [line.split(': ', 1) for line in head.decode().split('\r\n')]
        status = next((int(v.split()[0]) for k, v in fields if k == 'Status'), 200)
        self.finish_with(status, [f for f in fields if f[0] != 'Status'], rest)

    def finish_with(self, status, fields, body):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b'')

    def do_POST(self):
        if self.headers.get('Transfer-Encoding') == 'chunked':
            body = b''
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        self.answer(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
