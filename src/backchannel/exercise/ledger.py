"""The ledger: events appended, never changed, in SQLite or PostgreSQL.

What is appended is on disk before anybody hears of it. The table knows each act of an
author once, so that a repetition cannot be stored twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from backchannel.base.errors import LedgerError
from backchannel.crisis.event_record import EventRecord

_META = sa.MetaData()
_EVENTS = sa.Table(
    "events",
    _META,
    sa.Column("game", sa.String(64), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("author", sa.String(128), nullable=False),
    sa.Column("client_id", sa.String(256), nullable=False),
    sa.Column("hour", sa.Double, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)
sa.Index(
    "one_act_once",
    _EVENTS.c.game,
    _EVENTS.c.author,
    _EVENTS.c.client_id,
    unique=True,
    sqlite_where=_EVENTS.c.client_id != "",
    postgresql_where=_EVENTS.c.client_id != "",
)
_KEYS = sa.Table(
    "keys",
    _META,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("purpose", sa.String(16), nullable=False),
    sa.Column("game", sa.String(64), nullable=False),
    sa.Column("role", sa.String(128), nullable=False),
    sa.Column("serial", sa.Integer, nullable=False),
)
_ALIVE = sa.Table(
    "alive",
    _META,
    sa.Column("game", sa.String(64), primary_key=True),
    sa.Column("at", sa.Double, nullable=False),
)
_COLUMNS = [column for column in _EVENTS.columns if column.name != "game"]
BUSY_SECONDS = 10
"""How long a commit waits for a database that another process holds."""


class Ledger:
    """The events of one or more games in one database.

    Writing is for one thread at a time; reading may go on beside it.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = _connect(url)
        try:
            _META.create_all(self._engine)
        except sa.exc.SQLAlchemyError as error:
            raise LedgerError(
                f"ledger: cannot be opened ({_reason(error)}); "
                "give a file in a folder that exists, or postgresql+psycopg://..."
            ) from None

    @classmethod
    def in_file(cls, path: Path) -> Ledger:
        """Open a ledger in an SQLite file, which is made where there is none."""
        return cls(f"sqlite:///{path}")

    def append(self, batch: Sequence[tuple[str, EventRecord]]) -> None:
        """Store events of any games in one transaction: all of them or none.

        Parameters
        ----------
        batch : (game, event) in the order in which they follow each other

        Raises
        ------
        LedgerError : nothing of the batch was stored; the reason is told.
        """
        rows = [
            {"game": game} | {c.name: getattr(event, c.name) for c in _COLUMNS}
            for game, event in batch
        ]
        self._write(_EVENTS.insert(), rows)

    def read(self, game: str, after: int = 0) -> Iterator[EventRecord]:
        """Yield the events of a game in order, those behind number `after`.

        Raises
        ------
        LedgerError : the database cannot be read now.
        """
        query = (
            sa.select(*_COLUMNS)
            .where(_EVENTS.c.game == game, _EVENTS.c.number > after)
            .order_by(_EVENTS.c.number)
        )
        try:
            with self._engine.connect() as connection:
                yield from map(EventRecord._make, connection.execute(query))
        except sa.exc.SQLAlchemyError as error:
            raise LedgerError(
                f"ledger: cannot be read ({_reason(error)}); try again"
            ) from None

    def games(self) -> list[str]:
        """Names of all games, in order of name."""
        query = sa.select(_EVENTS.c.game).distinct().order_by(_EVENTS.c.game)
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def add_keys(self, rows: Iterable[tuple[str, str, str, str, int]]) -> None:
        """Keep keys by their digests: (digest, purpose, game, role, serial) each.

        Raises
        ------
        LedgerError : none of them was stored.
        """
        names = ("digest", "purpose", "game", "role", "serial")
        listed = [dict(zip(names, row, strict=True)) for row in rows]
        if listed:
            self._write(_KEYS.insert(), listed)

    def keys(self) -> list[tuple[str, str, str, str, int]]:
        """All keys ever given, as in `add_keys`."""
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.select(_KEYS))]

    def note_alive(self, games: Iterable[str], at: float) -> None:
        """Note that some games were being served at a time, seconds since 1970.

        Raises
        ------
        LedgerError : it was not noted.
        """
        names = list(games)
        noted = _ALIVE.update().where(_ALIVE.c.game.in_(names)).values(at=at)
        try:
            with self._engine.begin() as connection:
                if names and connection.execute(noted).rowcount < len(names):
                    known = set(connection.execute(sa.select(_ALIVE.c.game)).scalars())
                    rows = [{"game": n, "at": at} for n in names if n not in known]
                    connection.execute(_ALIVE.insert(), rows)
        except sa.exc.SQLAlchemyError as error:
            raise LedgerError(f"ledger: cannot be noted ({_reason(error)})") from None

    def alive_at(self, game: str) -> float:
        """When a game was last noted as served; 0 where it never was."""
        query = sa.select(_ALIVE.c.at).where(_ALIVE.c.game == game)
        with self._engine.connect() as connection:
            return float(connection.execute(query).scalar() or 0.0)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _write(self, statement: Any, rows: list[dict[str, Any]]) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(statement, rows)
        except sa.exc.SQLAlchemyError as error:
            raise LedgerError(
                f"ledger: nothing was stored ({_reason(error)}); send it again"
            ) from None


def _reason(error: sa.exc.SQLAlchemyError) -> str:
    """First line of the driver's own words, without the statement and its values."""
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__


def _connect(url: str) -> sa.Engine:
    try:
        # A lost connection to a server is found before it is used, not by a failure.
        engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError) as error:
        raise LedgerError(
            f"ledger: '{url}' cannot be used ({error}); write sqlite:///FILE, or "
            "postgresql+psycopg://USER@HOST/NAME with the extra 'postgres'"
        ) from None
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("pragma journal_mode=wal")
    # FULL: a commit is on the disk when it returns, also when the power fails.
    cursor.execute("pragma synchronous=full")
    cursor.execute(f"pragma busy_timeout={BUSY_SECONDS * 1000}")
    cursor.close()
