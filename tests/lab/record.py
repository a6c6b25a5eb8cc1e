"""Records rows of the kernel that this runs on: a state, one segment or one call, what followed.

    python3 tests/lab/record.py RECIPES OUT [--jobs N] [--ids FILE | --sequences FILE]

RECIPES says how every state is reached and what every event and probe does (recipes.json). Every
run has a TUN device in a network namespace of its own, a kernel socket on one side and a list of
crafted segments on the other. Needs root and /dev/net/tun; nothing outside the namespaces is
touched. What is written is what `closerace conform` reads.
"""

import argparse
import ctypes
import errno
import fcntl
import json
import os
import random
import select
import socket
import struct
import subprocess
import sys
import threading
import time

KERNEL, PEER = "10.8.0.1", "10.8.0.2"
# Neither is near zero, so that a number that is zero says something.
PEER_ISS = 3 << 29
ISS = 1 << 30
SILENCE, AT_ONCE, LATER = 0.006, 0.014, 0.050
STATES = {
    1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2",
    6: "TIME_WAIT", 7: "CLOSE", 8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING",
    12: "SYN_RECV",
}
TCP_LINGER2, SIOCINQ, SIOCOUTQ, CLONE_NEWNET = 8, 0x541B, 0x5411, 0x40000000
# What the recorded rows call the plain profile.
PLAIN = {
    "tcp_timestamps": 0, "tcp_sack": 0, "tcp_ecn": 0, "tcp_early_retrans": 0, "tcp_recovery": 0,
    "tcp_congestion_control": "reno",
}
# No retransmission takes part.
SETTINGS = {**PLAIN, "tcp_rto_min_us": 5_000_000}


def sysctl(name, value):
    with open("/proc/sys/net/ipv4/" + name.removeprefix("net.ipv4."), "w") as file:
        file.write(str(value))


def device(own, peer, route, settings):
    """A namespace of our own with one TUN device, up, a route to the peer, and settings."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare: root is needed")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH22x", b"lab0", 0x1001))  # TUN, no header
    for words in (
        "link set lo up", "link set lab0 up mtu 1500 txqueuelen 5000",
        f"addr add {own}/32 dev lab0", f"route replace {peer}/32 dev lab0 {route}",
    ):
        subprocess.run(["ip", *words.split()], check=True)
    for name, value in settings.items():
        sysctl(name, value)
    return tun


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Kernel:
    """One socket of the kernel's, and the peer's side of its connection."""

    def __init__(self, tun, port, peer_port):
        self.tun, self.port, self.peer_port = tun, port, peer_port
        self.iss = None
        self.rcv_nxt = self.wnd = self.una = self.snd_nxt = 0
        self.win = 65535
        self.main = self.listener = None
        self.emitted, self.injected = [], []
        self.closing = None

    # The wire.

    def number(self, spec, default):
        if spec is None:
            spec = default
        if isinstance(spec, int):
            return spec
        at = next((n for n, letter in enumerate(spec) if letter in "+-"), len(spec))
        base = {
            "rcv_nxt": self.rcv_nxt, "snd_nxt": self.snd_nxt, "una": self.una,
            "right": self.rcv_nxt + self.wnd,
        }[spec[:at]]
        return base + int(spec[at:] or 0)

    def inject(self, spec):
        letters = spec["fl"]
        bits = sum({"F": 1, "S": 2, "R": 4, "A": 16, "P": 8, "-": 0}[one] for one in letters)
        seq = self.number(spec.get("seq"), "rcv_nxt")
        ack = self.number(spec.get("ack"), "una") if "A" in letters else None
        length = spec.get("len", 0)
        self.win = spec.get("win", self.win)
        if ack is not None and ack <= self.snd_nxt:
            self.una = max(self.una, ack)
        options = b""
        if "S" in letters:
            options = struct.pack("!BBH", 2, 4, spec.get("mss", 1460))
            if spec.get("sack"):
                options += b"\x04\x02\x01\x01"
        header = struct.pack(
            "!HHIIBBHHH", self.peer_port, self.port, (PEER_ISS + seq) & 0xFFFFFFFF,
            ((self.iss or ISS) + ack) & 0xFFFFFFFF if ack is not None else 0,
            (20 + len(options)) // 4 << 4, bits, self.win, 0, 0,
        ) + options + b"x" * length
        source, target = socket.inet_aton(PEER), socket.inet_aton(KERNEL)
        pseudo = source + target + struct.pack("!BBH", 0, 6, len(header))
        header = header[:16] + struct.pack("!H", checksum(pseudo + header)) + header[18:]
        packet = struct.pack(
            "!BBHHHBBH4s4s", 0x45, 0, 20 + len(header), 0, 0x4000, 64, 6, 0, source, target
        )
        packet = packet[:10] + struct.pack("!H", checksum(packet)) + packet[12:]
        os.write(self.tun, packet + header)
        names = "".join(one for one in "SFRA" if one in letters) or "-"
        shown = "-" if ack is None else ack
        text = f"{names} seq={seq} ack={shown} len={length} win={self.win}"
        self.injected.append(text)
        return text

    def hears(self, packet):
        """One packet of the kernel's, if it is one of this connection's."""
        if packet[0] >> 4 != 4 or packet[9] != 6:
            return
        body = packet[(packet[0] & 15) * 4:]
        port, peer_port, seq, ack, offset, bits, win = struct.unpack("!HHIIBBH", body[:16])
        if peer_port != self.peer_port or port != self.port:
            return
        length = len(body) - (offset >> 4) * 4
        if bits & 2 and self.iss is None:
            self.iss = seq
        iss = self.iss or ISS
        relative = (seq - iss + (1 << 31)) % (1 << 32) - (1 << 31)
        acked = (ack - PEER_ISS + (1 << 31)) % (1 << 32) - (1 << 31) if bits & 16 else None
        if not bits & 4:
            end = relative + length + (bits & 1) + (bits >> 1 & 1)
            if not bits & 2 or relative == 0:
                self.snd_nxt = max(self.snd_nxt, end)
            if acked is not None:
                self.rcv_nxt = max(self.rcv_nxt, acked)
                self.wnd = win
        shown = "raw0" if seq == 0 else "new" if bits & 2 and relative else relative
        names = "".join(l for l, bit in zip("SFRA", (2, 1, 4, 16)) if bits & bit) or "-"
        self.emitted.append(
            f"{names} seq={shown} ack={'-' if acked is None else acked} len={length} win={win}"
        )

    def listen_on(self, seconds):
        """Hears whatever is sent within so many seconds."""
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            ready, _, _ = select.select([self.tun], [], [], max(left, 0))
            if not ready:
                return
            while True:
                try:
                    self.hears(os.read(self.tun, 4096))
                except BlockingIOError:
                    break
            if left <= 0:
                return

    def settle(self):
        """Hears until the kernel has been silent for a while."""
        while True:
            before = len(self.emitted)
            self.listen_on(SILENCE)
            if len(self.emitted) == before:
                return

    def take(self):
        taken, self.emitted = self.emitted, []
        return taken

    # The application.

    def tcp_socket(self):
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((KERNEL, self.port))
        return made

    def step(self, step):
        name, words = step[0], step[1:]
        told = None
        if name == "listen":
            self.listener = self.main = self.tcp_socket()
            self.listener.listen(words[0] if words else 16)
        elif name == "socket":
            self.main = self.tcp_socket()
        elif name == "connect":
            self.main = self.tcp_socket()
            self.main.connect_ex((PEER, self.peer_port))
        elif name in ("handshake", "passive"):
            if name == "passive":
                self.step(["listen"])
            self.inject({"fl": "S", "seq": 0})
            self.settle()
            window = words[0] if words else 65535
            self.inject({"fl": "A", "seq": 1, "ack": "snd_nxt", "win": window})
            if name == "passive":
                self.settle()
                self.call("accept")
        elif name == "active":
            self.step(["connect"])
            self.inject({"fl": "SA", "seq": 0, "ack": "snd_nxt"})
        elif name == "in":
            told = ("in", self.inject(words[0]))
        elif name == "call":
            told = ("call", self.call(*words))
        elif name == "bg_close":
            self.begin_closing()
        elif name == "join":
            return ("call", self.join())
        elif name == "wait":
            self.listen_on(words[0] / 1000)
            return None
        elif name == "state":
            return ("state", self.state())
        else:
            raise ValueError(f"step {name}")
        self.settle()
        return told

    def begin_closing(self):
        fd = self.main.detach()
        self.main = None

        def close(result):
            began = time.monotonic()
            try:
                os.close(fd)
                result.append("0")
            except OSError as bad:
                result.append(errno.errorcode[bad.errno])
            result.append(time.monotonic() - began)

        result = []
        thread = threading.Thread(target=close, args=(result,))
        thread.start()
        self.closing = (thread, result)

    def join(self):
        thread, result = self.closing
        while thread.is_alive():
            self.listen_on(0.005)
        thread.join()
        return f"bg_close={result[0]} after {int(result[1] * 10) * 100} ms"

    def call(self, name, *words):
        try:
            label, result = self.called(name, words)
        except OSError as bad:
            label = f"shutdown_{words[0]}" if name == "shutdown" else name
            result = errno.errorcode.get(bad.errno, str(bad.errno))
            result = "EAGAIN" if result == "EWOULDBLOCK" else result
        return f"{label}={result}"

    def called(self, name, words):
        if name == "close_listener":
            if self.main is self.listener:
                self.main = None
            self.listener.close()
            return name, 0
        if name == "accept":
            taken, _ = (self.listener or self.main).accept()
            taken.setblocking(False)
            self.main = taken
            return name, 0
        if name == "connect" and self.main is None:
            self.main = self.tcp_socket()
        if self.main is None:
            return name, "EBADF"
        main = self.main
        if name in ("recv", "peek"):
            data = main.recv(words[0] if words else 65536, socket.MSG_PEEK if name == "peek" else 0)
            return name, len(data) or "EOF"
        if name == "send":
            return name, main.send(b"y" * (words[0] if words else 100), socket.MSG_NOSIGNAL)
        if name == "connect":
            code = main.connect_ex((PEER, self.peer_port))
            return name, errno.errorcode[code] if code else 0
        if name == "shutdown":
            how = {"rd": socket.SHUT_RD, "wr": socket.SHUT_WR, "rdwr": socket.SHUT_RDWR}[words[0]]
            # Python's own shutdown() says ENOTCONN as the kernel does.
            main.shutdown(how)
            return f"shutdown_{words[0]}", 0
        if name == "linger":
            main.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", *words))
            return name, 0
        if name == "linger2":
            main.setsockopt(socket.IPPROTO_TCP, TCP_LINGER2, words[0])
            return name, 0
        if name == "nodelay":
            main.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return name, 0
        if name in ("poll", "epoll"):
            return name, self.polled(name)
        if name == "so_error":
            code = main.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            return name, errno.errorcode[code] if code else 0
        if name in ("inq", "outq"):
            answer = fcntl.ioctl(main, SIOCINQ if name == "inq" else SIOCOUTQ, b"\0" * 4)
            return name, struct.unpack("i", answer)[0]
        if name == "tcp_info":
            return name, self.fd_state()
        if name == "close":
            self.main = None
            main.close()
            return name, 0
        raise ValueError(f"call {name}")

    def polled(self, name):
        names = [("IN", 1), ("OUT", 4), ("ERR", 8), ("HUP", 16), ("RDHUP", 0x2000)]
        if name == "poll":
            poller = select.poll()
            poller.register(self.main, 1 | 4 | 0x2000)
        else:
            poller = select.epoll()
            poller.register(self.main, 1 | 4 | 0x2000)
        ready = poller.poll(0)
        if name == "epoll":
            poller.close()
        bits = ready[0][1] if ready else 0
        return "|".join(word for word, bit in names if bits & bit)

    def fd_state(self):
        if self.main is None:
            return None
        return STATES[self.main.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]]

    def state(self):
        table = []
        with open("/proc/net/tcp") as file:
            for line in file.readlines()[1:]:
                words = line.split()
                port = int(words[1].split(":")[1], 16)
                peer_port = int(words[2].split(":")[1], 16)
                if (port, peer_port) != (self.port, self.peer_port):
                    continue
                name = STATES[int(words[3], 16)]
                timer, inode = words[5].split(":")[0], words[9]
                if name in ("LISTEN", "CLOSE"):
                    continue
                if timer == "03":
                    name += ":tw"
                elif inode == "0":
                    # A request has no inode either; it is SYN_RECV without one.
                    name += ":req" if name == "SYN_RECV" else ":nofd"
                table.append(name)
        return {"fd": self.fd_state(), "table": sorted(table)}

    def end(self):
        """Leaves nothing behind that would be heard later."""
        for one in (self.main, self.listener):
            if one is not None:
                try:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    one.close()
                except OSError:
                    pass
        if self.closing is not None:
            self.closing[0].join(3)


class Lab:
    def __init__(self, recipes):
        self.recipes = recipes
        self.tun = device(KERNEL, PEER, "quickack 1 rto_min 5s", SETTINGS)
        self.ports = 20000 + random.randrange(20000)

    def fresh(self):
        self.ports += 1
        return Kernel(self.tun, self.ports, 40000 + self.ports % 20000)

    def settings(self, state, extra=()):
        """Sets what a state was recorded under; what undoes it."""
        wanted = self.recipes["state_sysctl"].get(state)
        pairs = ([tuple(wanted)] if wanted else []) + list(extra)
        for name, value, _ in pairs:
            sysctl(name, value)
        return pairs

    def run(self, state, steps, probe):
        kernel = self.fresh()
        try:
            for step in self.recipes["states"][state]:
                kernel.step(step)
            pre = {
                "rcv_nxt": kernel.rcv_nxt, "una": kernel.una, "snd_nxt": kernel.snd_nxt,
                "wnd": kernel.wnd, "win": kernel.win, "state": kernel.state(),
            }
            kernel.take()
            kernel.injected.clear()
            calls = []
            for step in steps:
                told = kernel.step(step)
                if told and told[0] == "call":
                    calls.append(told[1])
            kernel.listen_on(AT_ONCE)
            emitted = kernel.take()
            kernel.listen_on(LATER)
            late = kernel.take()
            after = kernel.state()
            row = {
                "pre": pre, "injected": list(kernel.injected), "calls": calls,
                "emitted": emitted, "late": late, "state_after": after,
            }
            seen = None
            if kernel.main is not None and probe:
                asked = []
                for name in self.recipes["probes"][probe]:
                    words = name if isinstance(name, list) else [name]
                    asked.append(kernel.call(*words))
                kernel.listen_on(AT_ONCE)
                seen = {
                    "calls": " ".join(asked), "emitted": kernel.take(), "state": kernel.state()
                }
            return row, seen
        finally:
            kernel.end()

    def cell(self, state, event):
        segment = event in self.recipes["segment_events"]
        steps = self.recipes["segment_events" if segment else "call_events"][event]
        pairs = self.settings(state)
        try:
            row, probes, same = None, {}, True
            for probe in self.recipes["probes"]:
                once, seen = self.run(state, steps, probe)
                same = same and (row is None or row == once)
                row = row or once
                if seen is not None:
                    probes[probe] = seen
            row = {
                "id": f"{state}/{event}", "kind": "seg" if segment else "call", "state": state,
                "event": event, **row, "probes": probes, "consistent": same, "stable": same,
            }
            if pairs:
                row["sysctl"] = f"{pairs[0][0]}={pairs[0][1]}"
            return row
        finally:
            for name, _, before in pairs:
                sysctl(name, before)


def sequence(lab, case):
    """A row of several steps, with a log of everything."""
    pairs = lab.settings(case.get("state"))
    kernel, log = lab.fresh(), []
    try:
        for step in lab.recipes["states"].get(case.get("state"), []):
            kernel.step(step)
        kernel.take()
        for step in case["steps"]:
            told = kernel.step(step)
            if told is None:
                pass
            elif told[0] == "call":
                log.append(f"call {told[1]}")
            elif told[0] == "in":
                log.append(f"in  {told[1]}")
            else:
                table = ",".join(told[1]["table"])
                log.append(f"state fd={told[1]['fd']} table={table}")
                continue
            log.extend(f"out {segment}" for segment in kernel.take())
        log.extend(f"out {segment}" for segment in kernel.take())
        return log
    finally:
        kernel.end()
        for name, _, before in pairs:
            sysctl(name, before)


def sequence_row(lab, case):
    for _ in range(3):
        once, again = sequence(lab, case), sequence(lab, case)
        if once == again:
            break
    return {
        "id": case["id"], "kind": "sequence", "family": "sequences", "note": case.get("note", ""),
        "start": case.get("state"), "log": once, "case": case, "stable": once == again,
    }


def applies(recipes, state, event):
    """Whether there is a descriptor to call this on."""
    if event in recipes["segment_events"]:
        return True
    steps = [step[:2] for step in recipes["states"][state]]
    has_listener = any(step[0] in ("listen", "passive") for step in steps)
    if event in ("accept", "close_listener"):
        return has_listener
    return bool(steps) and ["call", "close"] not in steps


def worker(recipes, cells, out):
    lab = Lab(recipes)
    with open(out, "w") as file:
        for cell in cells:
            if isinstance(cell, dict):
                row = sequence_row(lab, cell)
            else:
                for _ in range(4):
                    row = lab.cell(*cell)
                    if row["stable"]:
                        break
            file.write(json.dumps(row) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipes")
    parser.add_argument("out")
    parser.add_argument("--jobs", type=int, default=16)
    parser.add_argument("--ids", help="only the cells named in this file, one a line")
    parser.add_argument("--sequences", help="cases of several steps, one a line, instead of cells")
    args = parser.parse_args()
    with open(args.recipes) as file:
        recipes = json.load(file)
    events = [*recipes["segment_events"], *recipes["call_events"]]
    cells = [
        (state, event) for state in recipes["states"] for event in events
        if applies(recipes, state, event)
    ]
    if args.ids:
        with open(args.ids) as file:
            wanted = set(file.read().split())
        cells = [cell for cell in cells if "/".join(cell) in wanted]
    if args.sequences:
        with open(args.sequences) as file:
            cells = [json.loads(line) for line in file]
    children = []
    for job in range(args.jobs):
        pid = os.fork()
        if pid == 0:
            try:
                worker(recipes, cells[job::args.jobs], f"{args.out}.{job}")
                os._exit(0)
            except BaseException as bad:  # noqa: BLE001 - a child says what happened and ends
                sys.stderr.write(f"lab {job}: {bad!r}\n")
                os._exit(1)
        children.append(pid)
    failed = [pid for pid in children if os.waitpid(pid, 0)[1] != 0]
    rows = {}
    for job in range(args.jobs):
        with open(f"{args.out}.{job}") as file:
            for line in file:
                rows[json.loads(line)["id"]] = line
        os.remove(f"{args.out}.{job}")
    names = [cell["id"] if isinstance(cell, dict) else "/".join(cell) for cell in cells]
    with open(args.out, "w") as file:
        file.writelines(rows[name] for name in names if name in rows)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
