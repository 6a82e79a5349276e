"""The AWS CLI's own writer as a command: FILE PROFILE FIRST COUNT, as update_profile.rs.

With `-` for FIRST it takes orders from its input instead, `NUMBER MICROSECONDS` each: it waits, publishes that set, and
answers when the publication began and when it ended, in microseconds of the machine's clock.
"""

import sys
import time

from awscli.customizations.configure.writer import ConfigFileWriter


def publish(path, profile, number):
    digits = f"{number:010}"
    values = {
        "__section__": profile,
        "aws_access_key_id": f"ASIAMADEUP{digits}",
        "aws_secret_access_key": f"made-up/secret+{digits}",
        "aws_session_token": f"made-up/token+{digits * 40}==",
    }
    ConfigFileWriter().update_config(values, path)


def obey(path, profile):
    for order in sys.stdin:
        number, wait = map(int, order.split())
        time.sleep(wait / 1_000_000)
        begin = time.monotonic_ns()
        publish(path, profile, number)
        print(begin // 1000, time.monotonic_ns() // 1000, flush=True)


def main():
    path, profile, first = sys.argv[1:4]
    print("started", flush=True)
    if first == "-":
        obey(path, profile)
        return
    for number in range(int(first), int(first) + int(sys.argv[4])):
        publish(path, profile, number)
        print(number, flush=True)


main()
