#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An archive of mails on loopback: serves DIR/NAME.gz for /all/NAME/t.mbox.gz, knows
ETags, and is moody as DIR/mood says: "busy N" (429 with Retry-After), "down"
(503), "cut", "html", "big". Writes its port to DIR/port and requests to DIR/log."""
import http.server
import os
import sys
import urllib.parse

folder = sys.argv[1]


def read(name):
    try:
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()
    except OSError:
        return None


class Archive(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", **headers):
        with open(os.path.join(folder, "log"), "a", encoding="utf-8") as log:
            log.write(f"{status} {self.path} {self.headers['User-Agent']}\n")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def do_GET(self):
        mood = (read("mood") or b"").decode().split()
        parts = self.path.split("/")
        name = urllib.parse.unquote(parts[2]) if len(parts) == 4 and parts[1] == "all" else ""
        body = read(name.replace("/", "_") + ".gz") if parts[-1] == "t.mbox.gz" else None
        gzip = {"Content_Type": "application/gzip"}
        if mood[:1] == ["busy"]:
            self.answer(429, Retry_After=mood[1])
        elif mood == ["down"]:
            self.answer(503)
        elif mood == ["html"]:
            self.answer(200, b"<html>prove that you are no robot", Content_Type="text/html")
        elif mood == ["big"]:
            self.answer(200, b"\x1f\x8b" + bytes(20 << 20), **gzip)
        elif body is None:
            self.answer(404)
        elif mood == ["cut"]:
            self.answer(200, body[: len(body) // 2], **gzip)
        elif self.headers["If-None-Match"] == f'"{len(body)}"':
            self.answer(304)
        else:
            self.answer(200, body, ETag=f'"{len(body)}"', **gzip)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Archive)
with open(os.path.join(folder, "port.new"), "w", encoding="utf-8") as port:
    port.write(str(server.server_port))
os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
server.serve_forever()
