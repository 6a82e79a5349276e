"""Changes one profile with what `aws configure set` changes it with, but in memory: without its reading and writing of a file.

Asked on stdin for the text's file, then for repetitions; answers with the nanoseconds of each, or with none when only ready.
"""
import io
import json
import os
import sys
import time

from awscli.customizations.configure.writer import ConfigFileWriter

profile, change = os.environ["PROFILE"], json.loads(os.environ["CHANGE"])
writer = ConfigFileWriter()


def once(text):
    begun = time.perf_counter_ns()
    lines = io.TextIOWrapper(io.BytesIO(text), encoding="utf-8").readlines()
    writer._update_section_contents(lines, profile, dict(change))
    result = "".join(lines).encode("utf-8")
    took = time.perf_counter_ns() - begun
    assert change["aws_session_token"].encode() in result, "the change is not in the text"
    return took


with open(sys.stdin.readline().rstrip("\n"), "rb") as file:
    text = file.read()
print(flush=True)
for line in sys.stdin:
    print(*(once(text) for _ in range(int(line))), flush=True)
