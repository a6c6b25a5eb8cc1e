"""Random sequences of segments and calls, as cases for record.py: sequences.py SEED COUNT.

What is not repeatable is left out: SYN-SENT (its retransmission is a race with the recorder), the
windows of a simultaneous open, states after a reset (nothing happens there any more).
"""

import json
import pathlib
import random
import sys

FLAGS = ["A"] * 12 + ["FA"] * 3 + ["RA", "R", "S", "SA", "F", "-"]
SEQS = ["rcv_nxt"] * 12 + [
    "rcv_nxt-1", "rcv_nxt+1", "rcv_nxt+100", "rcv_nxt-100", "rcv_nxt+50", "rcv_nxt+200", "right",
    "right-1", "right-100", "right+1", "rcv_nxt-50",
]
ACKS = ["snd_nxt"] * 8 + ["una"] * 8 + [
    "una-1", "una+1", "snd_nxt-1", "snd_nxt+1", "una+100", "una-1000",
]
LENGTHS = [0] * 6 + [1, 50, 100, 100, 100, 150, 200, 1000]
WINDOWS = [0, 1, 100, 1460, 2920, 65535]
CALLS = [
    ["recv"], ["recv"], ["recv", 50], ["send", 1], ["send", 100], ["send", 1460], ["send", 3000],
    ["shutdown", "wr"], ["shutdown", "rd"], ["shutdown", "rdwr"], ["linger", 1, 0], ["so_error"],
    ["poll"], ["inq"], ["peek"], ["nodelay"],
]


def segment(chance):
    flags = chance.choice(FLAGS)
    made = {"fl": flags, "seq": chance.choice(SEQS)}
    if "A" in flags:
        made["ack"] = chance.choice(ACKS)
    bare = flags in ("R", "S", "SA") and chance.random() < 0.8
    made["len"] = 0 if bare else chance.choice(LENGTHS)
    if chance.random() < 0.2:
        made["win"] = chance.choice(WINDOWS)
    return ["in", made]


def case(chance, number, states):
    steps = []
    for _ in range(chance.randint(3, 8)):
        kind = chance.random()
        if kind < 0.62:
            steps.append(segment(chance))
        elif kind < 0.95:
            steps.append(["call", *chance.choice(CALLS)])
        else:
            steps.append(["wait", chance.choice([20, 60, 600])])
        if chance.random() < 0.4:
            steps.append(["state"])
    end = ["close"] if chance.random() < 0.3 else ["send", 10]
    steps += [["state"], ["call", "recv"], ["call", *end], ["state"], segment(chance), ["state"]]
    return {"id": f"X{number:04}", "state": chance.choice(states), "steps": steps}


def main():
    chance = random.Random(int(sys.argv[1]))
    recipes = json.loads(pathlib.Path(__file__).with_name("recipes.json").read_text())
    states = [
        name for name in recipes["states"]
        if not name.startswith(("RESET", "SYN_", "CLOSED"))
    ]
    for number in range(int(sys.argv[2])):
        print(json.dumps(case(chance, number, states)))


if __name__ == "__main__":
    main()
