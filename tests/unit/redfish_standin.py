#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Stands in for a BMC with Redfish on loopback, with TLS: one system, or as many as
DIR/mood says. Moods, one a line: "busy N" (so many 503 first), "types A,B" (allowed
resets; "types" alone: it tells none), "refuse" (resets get 400), "two" (systems),
"no-session". Logs requests without their secrets to DIR/log, and writes its port to
DIR/port. Usage: redfish_standin.py DIR, which holds cert.pem and key.pem."""
import base64
import http.server
import json
import os
import ssl
import sys

folder = sys.argv[1]
state = {"power": "On", "busy": 0, "token": None}
ROOT = "/redfish/v1"


def moods():
    try:
        with open(os.path.join(folder, "mood"), encoding="utf-8") as file:
            return dict((line.split(maxsplit=1) + [""])[:2] for line in file if line.strip())
    except OSError:
        return {}


class Bmc(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def answer(self, status, body=None, **headers):
        with open(os.path.join(folder, "log"), "a", encoding="utf-8") as log:
            log.write(f"{status} {self.command} {self.path} {getattr(self, 'type', '')}\n")
        data = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def fault(self, status, text):
        self.answer(status, {"error": {"message": "See ExtendedInfo.", "@Message.ExtendedInfo": [
            {"Message": text}]}})

    def let_in(self):
        basic = "Basic " + base64.b64encode(b"lab:s3cret").decode()
        return self.headers["Authorization"] == basic or (
            state["token"] and self.headers["X-Auth-Token"] == state["token"])

    def begin(self):
        mood = moods()
        if state["busy"] < int(mood.get("busy", "0") or 0):
            state["busy"] += 1
            self.answer(503, {}, Retry_After="1")
            return None
        return mood

    def do_GET(self):
        mood = self.begin()
        if mood is None:
            return None
        if not self.let_in():
            return self.fault(401, "Who are you?")
        names = ["1", "2"] if "two" in mood else ["1"]
        if self.path == ROOT + "/Systems":
            return self.answer(200, {"Members": [
                {"@odata.id": f"{ROOT}/Systems/{name}"} for name in names]})
        reset = {"target": self.path + "/Actions/ComputerSystem.Reset"}
        types = mood.get("types", "On,ForceOff,ForceRestart,PowerCycle").strip()
        if types:
            reset["ResetType@Redfish.AllowableValues"] = types.split(",")
        return self.answer(200, {"PowerState": state["power"],
                                 "Actions": {"#ComputerSystem.Reset": reset}})

    def do_POST(self):
        mood = self.begin()
        if mood is None:
            return None
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == ROOT + "/SessionService/Sessions":
            if "no-session" in mood:
                return self.fault(404, "There are no sessions.")
            if (body["UserName"], body["Password"]) != ("lab", "s3cret"):
                return self.fault(401, "The password is wrong.")
            state["token"] = "t0ken"
            return self.answer(201, {}, X_Auth_Token="t0ken", Location=self.path + "/7")
        if not self.let_in():
            return self.fault(401, "Who are you?")
        self.type = body["ResetType"]
        if "refuse" in mood:
            return self.fault(400, "The chassis is open.")
        state["power"] = {"ForceOff": "Off"}.get(self.type, "On")
        return self.answer(204)

    def do_DELETE(self):
        state["token"] = None
        self.answer(204)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bmc)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(os.path.join(folder, "port.new"), "w", encoding="utf-8") as file:
    file.write(str(server.server_address[1]))
os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
server.serve_forever()
