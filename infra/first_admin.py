"""Makes the first admin of a deployed stack, and prints a key that is shown this once.

    python -m infra.first_admin --stack crier --name "Ada Example" --email ada@city.example

It runs in the shell of whoever may write to the stack's tables, and refuses where an admin exists: further
staff are made through the API. The key is the last line printed.
"""

import argparse
import os
import sys


def main() -> int:
    """Make the admin, and print the key."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.first_admin", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--stack", default="crier", help="name of the stack")
    parser.add_argument("--name", required=True, help="who this is")
    parser.add_argument("--email", required=True, help="their address")
    arguments = parser.parse_args()
    region = _region()
    if region is None:
        print("Which region? Set AWS_REGION.", file=sys.stderr)
        return 2
    os.environ.update(CRIER_STACK=arguments.stack, AWS_REGION=region)

    # Imported now: Crier reads its settings from the environment, once.
    from chalicelib.core.clock import utc_now
    from chalicelib.core.errors import CrierError
    from chalicelib.core.staff_admin import create_first_admin

    try:
        person, key = create_first_admin(name=arguments.name, email=arguments.email, now=utc_now())
    except CrierError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{person.name} is an admin of {arguments.stack}. The key, shown this once:")
    print(key)
    return 0


def _region() -> str | None:
    from botocore.session import get_session

    region: str | None = os.environ.get("AWS_REGION") or get_session().get_config_variable("region")
    return region


if __name__ == "__main__":
    sys.exit(main())
