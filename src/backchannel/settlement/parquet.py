"""Tables as Parquet files. The only file that needs pyarrow, of the extra `parquet`."""

from __future__ import annotations

from pathlib import Path

from backchannel.base.errors import MethodError
from backchannel.settlement.tables import Table

try:
    import pyarrow
    from pyarrow import parquet
except ImportError:
    raise MethodError(
        "pyarrow: is not installed, and writes Parquet; "
        "pip install 'backchannel[parquet]', or write a .csv"
    ) from None


def write_parquet(table: Table, path: Path) -> None:
    """Write a table as one Parquet file, with the types of its columns."""
    columns = {name: list(column) for name, column in table.items()}
    parquet.write_table(pyarrow.table(columns), path)
