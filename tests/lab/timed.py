"""Records timed rows: two kernels' stacks, joined by a wire that delays each direction.

    python3 tests/lab/timed.py CASES OUT [--jobs N] [--rows]

CASES has one case a line (or, with --rows, one row whose case is taken): delay_us, profile, and for
each side threads of operations. Both applications start at t = 0. Needs what record.py needs.
Packets are not dropped or held back; a case that asks for it is left out.
"""

import argparse
import errno
import fcntl
import heapq
import json
import os
import select
import socket
import struct
import sys
import threading
import time

sys.dont_write_bytecode = True
import record  # noqa: E402

CLIENT, SERVER, PORT = "10.9.0.1", "10.9.0.2", 8080
TAIL, LONGEST, CALM = 0.4, 3.0, 0.08


def host(side, profile, sysctls):
    """A namespace with one end of the wire."""
    own, peer = (CLIENT, SERVER) if side == "c" else (SERVER, CLIENT)
    if profile == "plain":
        return record.device(own, peer, "quickack 1", {**record.PLAIN, **sysctls})
    return record.device(own, peer, "", sysctls)


def name_of(bad):
    return errno.errorcode.get(bad.errno, str(bad.errno)).replace("EWOULDBLOCK", "EAGAIN")


class Application:
    """One side's threads. Everything they are told goes through `say` at once."""

    def __init__(self, side, threads, start, say):
        self.side, self.threads, self.start, self.say = side, threads, start, say
        self.fds, self.running, self.failed = {}, {}, False

    def fd(self, op):
        name = op.get("fd", "l" if op["op"] == "listen" else "c")
        if name not in self.fds:
            made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.fds[name] = made
        return self.fds[name]

    def run(self, thread):
        for op in self.threads.get(thread, []):
            try:
                if self.perform(op) == "stop" and not op.get("go_on"):
                    return
            except OSError as bad:
                self.say("odd", f"{op['op']}: {bad}")
                return

    def until(self, ms):
        time.sleep(max(0, self.start + ms / 1000 - time.monotonic()))

    def perform(self, op):
        name = op["op"]
        if name == "listen":
            made = self.fd(op)
            made.bind((SERVER, PORT))
            made.listen(op.get("backlog", 16))
        elif name == "accept":
            self.fds[op.get("as", "c")] = self.fds["l"].accept()[0]
            self.say("accept", "OK")
        elif name == "connect":
            code = self.fd(op).connect_ex((SERVER, PORT))
            self.say("connect", errno.errorcode[code] if code else "OK")
            return "stop" if code else None
        elif name in ("send", "send_all"):
            self.send(op)
        elif name == "recv":
            self.receive(op)
        elif name == "recv_all":
            self.receive_all(op)
        elif name == "linger":
            value = struct.pack("ii", op["on"], op["secs"])
            self.fd(op).setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, value)
        elif name in ("rcvbuf", "sndbuf"):
            option = socket.SO_RCVBUF if name == "rcvbuf" else socket.SO_SNDBUF
            self.fd(op).setsockopt(socket.SOL_SOCKET, option, op["n"])
        elif name == "nodelay":
            self.fd(op).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        elif name == "shutdown":
            how = {"rd": 0, "wr": 1, "rdwr": 2}[op["how"]]
            try:
                self.fd(op).shutdown(how)
                self.say("shutdown", 0)
            except OSError as bad:
                self.say("shutdown", name_of(bad))
        elif name == "close":
            began, fd = time.monotonic(), self.fd(op).detach()
            os.close(fd)
            self.say("close", 0)
            self.say("close_ms", int((time.monotonic() - began) * 1000))
        elif name == "exit":
            self.say("exit", 0)
            os._exit(0)
        elif name == "so_error":
            code = self.fd(op).getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            self.say("so_error", errno.errorcode[code] if code else "0")
        elif name == "poll":
            self.poll(op)
        elif name == "inq":
            answer = fcntl.ioctl(self.fd(op), record.SIOCINQ, b"\0" * 4)
            self.say("inq", struct.unpack("i", answer)[0])
        elif name == "sleep":
            time.sleep(op["ms"] / 1000)
        elif name == "sleep_until":
            self.until(op["t_ms"])
        elif name == "spawn":
            thread = threading.Thread(target=self.run, args=(op["thread"],), daemon=True)
            self.running[op["thread"]] = thread
            thread.start()
        elif name == "join":
            self.running[op["thread"]].join()
        else:
            raise ValueError(f"operation {name}")
        return None

    def send(self, op):
        left = op.get("n", 100)
        if "start_ms" in op:
            self.until(op["start_ms"])
        while left:
            part = min(left, op.get("chunk", left))
            try:
                flags = socket.MSG_NOSIGNAL | (socket.MSG_DONTWAIT if op.get("nb") else 0)
                sent = self.fd(op).send(b"x" * part, flags)
                self.say("sent", sent)
            except OSError as bad:
                self.failed = True
                self.say("send_err", name_of(bad))
                return
            left -= sent
            if op["op"] == "send":
                return
            if left and op.get("gap_ms"):
                time.sleep(op["gap_ms"] / 1000)

    def once(self, op, size, timeout_ms):
        """One recv(): bytes, or how it ended."""
        fd = self.fd(op)
        value = struct.pack("ll", timeout_ms // 1000, timeout_ms % 1000 * 1000)
        fd.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, value)
        try:
            return len(fd.recv(size, socket.MSG_DONTWAIT if op.get("nb") else 0)) or "EOF"
        except OSError as bad:
            name = name_of(bad)
            return "TIMEOUT" if name == "EAGAIN" and not op.get("nb") else name

    def receive(self, op):
        got = self.once(op, op.get("n", 65536), op.get("timeout_ms", 0))
        self.say("read" if isinstance(got, int) else "read_end", got)

    def receive_all(self, op):
        if op.get("unless_send_error") and self.failed:
            self.say("read_end", "NOT_READ")
            return
        began, run = time.monotonic(), 0
        while True:
            left = op.get("total_ms", 1 << 30) - (time.monotonic() - began) * 1000
            wait = min(op.get("timeout_ms", 0) or 1 << 30, max(int(left), 1))
            size = op.get("chunk", 65536)
            if "want" in op:
                size = min(size, op["want"] - run)
            got = "TOTAL_TIMEOUT" if left <= 0 else self.once(op, size, wait if wait < 1 << 30 else 0)
            if isinstance(got, int):
                run += got
                if run != op.get("want"):
                    continue
                got = "WANT"
            if run:
                self.say("read", run)
            self.say("read_end", got)
            return

    def poll(self, op):
        poller = select.epoll() if op.get("epoll") else select.poll()
        poller.register(self.fd(op), op.get("events", 1 | 4 | 0x2000))
        ready = poller.poll(0)
        bits = ready[0][1] if ready else 0
        names = [("IN", 1), ("OUT", 4), ("ERR", 8), ("HUP", 16), ("RDHUP", 0x2000)]
        self.say("poll", "|".join(word for word, bit in names if bits & bit))


def side_process(side, case, channel):
    """A host: gives its end of the wire away, waits for the start, and plays its threads."""
    tun = host(side, case.get("profile", "plain"), (case.get("sysctl") or {}).get(side, {}))
    socket.send_fds(channel, [b"t"], [tun])
    start = struct.unpack("d", channel.recv(8))[0]
    lock = threading.Lock()

    def say(kind, what):
        with lock:
            channel.sendall(json.dumps([kind, what]).encode() + b"\n")

    time.sleep(max(0, start - time.monotonic()))
    Application(side, case["app"].get(side, {}), start, say).run("main")
    say("end", 0)
    # What is open is closed as by an exit; the row is over.
    channel.recv(1)
    os._exit(0)


class Wire:
    """Forwards packets and writes down what was sent."""

    def __init__(self, tuns, delays):
        self.tuns, self.delays = tuns, delays
        self.held, self.count, self.iss = [], 0, {}
        self.sent, self.last = {"c": [], "s": []}, time.monotonic()

    def step(self, until):
        due = min(self.held[0][0], until) if self.held else until
        ready, _, _ = select.select(
            list(self.tuns.values()), [], [], max(0, min(due - time.monotonic(), 0.02))
        )
        now = time.monotonic()
        for side, tun in self.tuns.items():
            if tun not in ready:
                continue
            while True:
                try:
                    packet = os.read(tun, 4096)
                except BlockingIOError:
                    break
                if packet[0] >> 4 == 4 and packet[9] == 6:
                    self.note(side, packet)
                    self.count += 1
                    due = now + self.delays[side]
                    heapq.heappush(self.held, (due, self.count, side, packet))
                    self.last = now
        while self.held and self.held[0][0] <= time.monotonic():
            _, _, side, packet = heapq.heappop(self.held)
            os.write(self.tuns["s" if side == "c" else "c"], packet)
            self.last = time.monotonic()

    def note(self, side, packet):
        body = packet[(packet[0] & 15) * 4:]
        _, _, seq, ack, offset, bits, _ = struct.unpack("!HHIIBBH", body[:16])
        length = len(body) - (offset >> 4) * 4
        if bits & 2:
            self.iss.setdefault(side, seq)
        other = "s" if side == "c" else "c"
        flags = "".join(l for l, bit in zip("SFRA", (2, 1, 4, 16)) if bits & bit) or "-"
        if flags == "A" and length == 0:
            return
        relative = (seq - self.iss.get(side, 0)) & 0xFFFFFFFF
        acked = (ack - self.iss.get(other, 0)) & 0xFFFFFFFF if bits & 16 else "-"
        self.sent[side].append([flags, relative, acked, length])

    def lists(self):
        """Data that follows on is one entry; bare resets in a row are one."""
        out = {}
        for side, name in (("c", "c2s"), ("s", "s2c")):
            merged = []
            for one in self.sent[side]:
                last = merged[-1] if merged else None
                text = last and one[0] == last[0] == "A" and one[3] and last[3]
                if text and last[1] + last[3] == one[1]:
                    last[3] += one[3]
                elif not (last and one[0] == "R" == last[0]):
                    merged.append(list(one))
            out[name] = [f"{f} seq={q} ack={a} len={n}" for f, q, a, n in merged]
        return out


def outcome(told, wire, reply):
    result = {}
    for side, words in told.items():
        of = lambda kind: [what for name, what in words if name == kind]  # noqa: E731
        reads = [(name, what) for name, what in words if name in ("read", "read_end")]
        ends = of("read_end")
        result[side] = {
            "connect": (of("connect") or [None])[0], "accept": of("accept"),
            "bytes_sent": sum(of("sent")),
            "send_err": (of("send_err") or [None])[0], "bytes_read": sum(of("read")),
            "read_end": ends[-1] if ends else None, "recv_seq": [what for _, what in reads],
            "so_error": of("so_error"), "poll": of("poll"), "close": of("close"),
            "close_ms": of("close_ms"), "shutdown": of("shutdown"), "inq": of("inq"),
        }
    result["reply_bytes"] = result["c"]["bytes_read"]
    if reply is not None:
        result["reply_complete"] = result["reply_bytes"] >= reply
    result["wire"] = wire
    return result


def play(case):
    channels, tuns, pids = {}, {}, {}
    for side in "cs":
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            ours.close()
            try:
                side_process(side, case, theirs)
            except BaseException as bad:  # noqa: BLE001 - a child says what happened and ends
                sys.stderr.write(f"{case['id']} {side}: {bad!r}\n")
            os._exit(1)
        theirs.close()
        _, fds, _, _ = socket.recv_fds(ours, 1, 1)
        channels[side], tuns[side], pids[side] = ours, fds[0], pid
        os.set_blocking(fds[0], False)
    delay = case["delay_us"]
    wire = Wire(tuns, {"c": delay["c2s"] / 1e6, "s": delay["s2c"] / 1e6})
    start = time.monotonic() + 0.03
    for channel in channels.values():
        channel.sendall(struct.pack("d", start))
        channel.setblocking(False)
    told, text, over = {"c": [], "s": []}, {"c": b"", "s": b""}, set()
    limit = start + case.get("max_ms", LONGEST * 1000) / 1000
    tail = case.get("tail_ms", TAIL * 1000) / 1000
    while time.monotonic() < limit:
        wire.step(time.monotonic() + 0.01)
        for side, channel in channels.items():
            try:
                part = channel.recv(65536)
            except BlockingIOError:
                continue
            text[side] += part
            *lines, text[side] = text[side].split(b"\n")
            told[side] += [json.loads(line) for line in lines]
            if not part or any(kind in ("end", "exit") for kind, _ in told[side]):
                if side not in over:
                    over.add(side)
                    wire.last = max(wire.last, time.monotonic())
        if over == {"c", "s"} and not wire.held and time.monotonic() - wire.last > tail:
            break
    for side, channel in channels.items():
        os.kill(pids[side], 9)
        os.waitpid(pids[side], 0)
        channel.close()
        os.close(tuns[side])
    return outcome(told, wire.lists(), (case.get("tags") or {}).get("reply"))


def comparable(result):
    copy = json.loads(json.dumps(result))
    for side in "cs":
        copy[side]["close_ms"] = None
        copy[side]["bytes_sent"] = None
    return copy


def row(case):
    for _ in range(3):
        once, again = comparable(result := play(case)), comparable(play(case))
        fine = once == again
        once.pop("wire"), again.pop("wire")
        if fine:
            break
    return {
        "id": case["id"], "mode": "timed", "case": case, "outcome": result,
        "stable": once == again, "stable_fine": fine,
    }


def plain(case):
    return "app" in case and not case.get("rules")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases")
    parser.add_argument("out")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--rows", action="store_true", help="the lines are rows")
    args = parser.parse_args()
    with open(args.cases) as file:
        cases = [json.loads(line) for line in file]
    if args.rows:
        cases = [{**one["case"], "id": one["id"]} for one in cases if plain(one["case"])]
    children = []
    for job in range(args.jobs):
        pid = os.fork()
        if pid == 0:
            with open(f"{args.out}.{job}", "w") as file:
                for case in cases[job::args.jobs]:
                    file.write(json.dumps(row(case)) + "\n")
            os._exit(0)
        children.append(pid)
    failed = [pid for pid in children if os.waitpid(pid, 0)[1] != 0]
    rows = []
    for job in range(args.jobs):
        with open(f"{args.out}.{job}") as file:
            rows += [json.loads(line) for line in file]
        os.remove(f"{args.out}.{job}")
    order = {case["id"]: n for n, case in enumerate(cases)}
    with open(args.out, "w") as file:
        for one in sorted(rows, key=lambda one: order[one["id"]]):
            file.write(json.dumps(one) + "\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
