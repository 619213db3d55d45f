"""Questions to Dealerstream from Python, as the user `analyst`: exact money, figures as known at a time, saved queries.

    python3 -m venv .venv && .venv/bin/pip install -r docs/analysts/requirements.txt
    .venv/bin/python docs/analysts/example.py --run .dms/run.json --known-at '2026-11-24 00:00:00'

Prints one JSON object. Decimals stay decimals: a float would lose cents.
"""

import argparse
import json
import os
import sys
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlparse

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

SAVED_QUERIES = Path(__file__).parents[2] / "sql" / "queries" / "analyst"
# Where its days begin: DMS_TIME_ZONE of the installation.
TIME_ZONE = os.environ.get("DMS_TIME_ZONE", "Asia/Shanghai")


def connect(run_file: str | None) -> Client:
    """Connects by the `run.json` that `npm start` writes, or else by CLICKHOUSE_URL, _USER, _PASSWORD and _DATABASE."""
    if run_file is None:
        url, user = os.environ["CLICKHOUSE_URL"], os.environ["CLICKHOUSE_USER"]
        password, database = os.environ["CLICKHOUSE_PASSWORD"], os.environ["CLICKHOUSE_DATABASE"]
    else:
        run = json.loads(Path(run_file).read_text())
        url, database = run["clickhouse_url"], run["database"]
        user, password = run["analyst"]["user"], run["analyst"]["password"]
    where = urlparse(url)
    return clickhouse_connect.get_client(
        host=where.hostname, port=where.port, username=user, password=password, database=database
    )


def ask(client: Client, query: str, **parameters: object) -> list[dict]:
    """Rows of a query; its {name: Type} parameters are filled by the server."""
    return list(client.query(query, parameters=parameters).named_results())


def saved(client: Client, name: str, **parameters: object) -> list[dict]:
    """Rows of a query of `sql/queries/analyst/`."""
    return ask(client, (SAVED_QUERIES / f"{name}.sql").read_text(), **parameters)


def may_write(client: Client) -> bool:
    try:
        client.command("CREATE TABLE mart_mine (x UInt8) ENGINE = Memory")
    except DatabaseError:
        return False
    return True


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--run", help="run.json in the data folder; without it the environment is read")
    options.add_argument("--known-at", type=datetime.fromisoformat, default=None, help="UTC; now if unset")
    args = options.parse_args()
    client = connect(args.run)
    known_at = (args.known_at or datetime.now(timezone.utc)).replace(tzinfo=None)
    placed = """
        SELECT currency, count() AS lines, sum(ordered_qty * unit_price) AS value
        FROM mart_order_lines GROUP BY currency ORDER BY currency
    """
    placed_then = placed.replace(
        "mart_order_lines",
        "mart_order_lines_as_known(known_at = {known_at: DateTime64(3)}, first_day = '2000-01-01', last_day = '2299-12-31')",
    )
    answer = {
        "placed": ask(client, placed),
        "placed_as_known": ask(client, placed_then, known_at=known_at),
        "fill_by_week": saved(client, "fill-rate-trend", weeks=12, time_zone=TIME_ZONE),
        "off": [row for row in saved(client, "modules", only_off=1) if not row["is_on"]],
        "may_write": may_write(client),
    }
    json.dump(answer, sys.stdout, default=plain)


def plain(value: object) -> str:
    if isinstance(value, Decimal | date | datetime):
        return str(value)
    raise TypeError(f"{type(value)} has no JSON form")


if __name__ == "__main__":
    main()
