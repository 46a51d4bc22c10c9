"""The wall between people: row-level security on every table that holds rows of theirs.

Work for one person runs as the role `daybook_person`, which owns nothing and sees the rows of the person that
the transaction names (`db.owned`). Work across people, such as claiming what is due, runs as the role that
the program signs in with, the tables' owner. Row-level security is forced: it holds for the owner, too, whom
a policy of its own lets see everything, and who has no policy sees nothing.
"""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import DatabaseError

ROLE = "daybook_person"
# What the owner and everybody between them may do is decided by their policies alone.
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
# Any number of our own: replicas that start together do it one by one.
LOCK = 0x77_61_6C_6C
# insufficient_privilege: the role may not be made, or is there and somebody else's to hand out.
REFUSED = "42501"

# Partitions, too: they can be asked by their own names.
OWNED = """
    SELECT c.oid, c.oid::regclass::text AS name, c.relowner,
        c.relrowsecurity AND c.relforcerowsecurity AS is_forced,
        CASE c.relname WHEN 'users' THEN 'id' ELSE 'user_id' END AS whose
    FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
        AND (c.relname = 'users' OR EXISTS (
            SELECT FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attname = 'user_id' AND NOT a.attisdropped))"""
EVERY = text(OWNED)
# Those that a forgotten WHERE could be asked of, or that the person could not use.
OPEN = text(f"""
    SELECT o.name, o.whose, quote_ident(pg_get_userbyid(o.relowner)) AS owner FROM ({OWNED}) AS o
    WHERE NOT o.is_forced
        OR NOT ({" AND ".join(f"has_table_privilege('{ROLE}', o.oid, '{it}')" for it in RIGHTS)})
        OR 2 <> (SELECT count(*) FROM pg_policy p WHERE p.polrelid = o.oid AND p.polcmd = '*'
            AND p.polroles = ARRAY[CASE p.polname
                WHEN 'own' THEN CAST('{ROLE}'::regrole AS oid) WHEN 'across' THEN o.relowner END])
    ORDER BY o.name""")  # noqa: S608 - of the constants above
OWNERS = text(f"""
    SELECT pg_get_userbyid(o.relowner) FROM ({OWNED}) AS o
    WHERE o.is_forced AND NOT pg_has_role(o.relowner, 'USAGE') LIMIT 1""")  # noqa: S608 - of the constant above
# Where the tables are, and pgvector's types, which may have a place of their own.
PLACES = text(f"""
    SELECT quote_ident(n.nspname) FROM pg_namespace n
    WHERE (n.nspname = current_schema()
            OR n.oid IN (SELECT extnamespace FROM pg_extension WHERE extname = 'vector'))
        AND NOT has_schema_privilege('{ROLE}', n.oid, 'USAGE')""")  # noqa: S608 - of the constant above
GOES_PAST = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role").bindparams(role=ROLE)

# Another database of the same server may be making the role in this moment.
MAKE = text(f"""
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
            CREATE ROLE {ROLE} NOLOGIN NOINHERIT;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$""")
# Asked once a statement, in parentheses of its own, and not for each row.
MINE = "(SELECT NULLIF(current_setting('daybook.user_id', true), '')::uuid)"


def put_up(connection: Connection) -> None:
    """Whatever of it is missing. Raises sqlalchemy.exc.DBAPIError (42501) where the program may not."""
    connection.execute(MAKE)
    is_16 = (connection.dialect.server_version_info or (0,)) >= (16,)
    how = "SET" if is_16 else "MEMBER"
    if not connection.scalar(text(f"SELECT pg_has_role('{ROLE}', '{how}')")):
        # Who made a role may hand it out, also to themselves, but is not in it yet.
        only_to_be_set = " WITH INHERIT FALSE, SET TRUE" if is_16 else ""
        connection.execute(text(f"GRANT {ROLE} TO CURRENT_USER{only_to_be_set}"))
    for place in connection.scalars(PLACES).all():
        connection.execute(text(f"GRANT USAGE ON SCHEMA {place} TO {ROLE}"))
    for name, whose, owner in connection.execute(OPEN).all():
        for statement in (
            f"GRANT {', '.join(RIGHTS)} ON {name} TO {ROLE}",
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
            f"DROP POLICY IF EXISTS across ON {name}",
            f"CREATE POLICY across ON {name} TO {owner} USING (true)",
            f"DROP POLICY IF EXISTS own ON {name}",
            f"CREATE POLICY own ON {name} TO {ROLE} USING ({whose} = {MINE})",
        ):
            connection.execute(text(statement))


def take_down(connection: Connection) -> None:
    """The role stays: other databases of the server may use it."""
    is_there = connection.scalar(GOES_PAST) is not None
    for row in connection.execute(EVERY).all():
        for statement in (
            f"DROP POLICY IF EXISTS across ON {row.name}",
            f"DROP POLICY IF EXISTS own ON {row.name}",
            f"ALTER TABLE {row.name} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY",
            *([f"REVOKE ALL ON {row.name} FROM {ROLE}"] if is_there else []),
        ):
            connection.execute(text(statement))


def try_to_put_up(connection: Connection) -> None:
    """Where the program may not, what is missing stays missing."""
    try:
        with connection.begin_nested():
            put_up(connection)
    except DBAPIError as error:
        if not _is_refused(error):
            raise


def missing(connection: Connection) -> str | None:
    """What is wrong with the wall, and what an administrator can do; None where it stands. Raises
    DatabaseError where it stands in the program's own way."""
    if owner := connection.scalar(OWNERS):
        raise DatabaseError(
            f"DATABASE_URL: the tables are {owner}'s, and whoever else asks them sees no rows: sign in as "
            f"{owner}, or GRANT {owner} to the role that is signed in"
        )
    goes_past = connection.scalar(GOES_PAST)
    if goes_past is None:
        return f"there is no role {ROLE}: {_remedy(connection, f'CREATE ROLE {ROLE} NOLOGIN; ')}"
    if goes_past:
        return f"the role {ROLE} goes past it: ALTER ROLE {ROLE} NOSUPERUSER NOBYPASSRLS"
    if not _can_be_set(connection):
        return f"the program may not act as the role {ROLE}: {_remedy(connection)}"
    places = connection.scalars(PLACES).all()
    if places:
        return f"the role {ROLE} lacks a right: GRANT USAGE ON SCHEMA {', '.join(places)} TO {ROLE}"
    if found := [row.name for row in connection.execute(OPEN)]:
        return f"{', '.join(found)} stand open: start the program once as their owner"
    return None


def _remedy(connection: Connection, first: str = "") -> str:
    login = connection.scalar(text("SELECT quote_ident(current_user)"))
    return f"have an administrator run `{first}GRANT {ROLE} TO {login}` and start again"


def _can_be_set(connection: Connection) -> bool:
    try:
        with connection.begin_nested():
            connection.execute(text(f"SET LOCAL ROLE {ROLE}"))
            connection.execute(text("SET LOCAL ROLE NONE"))
    except DBAPIError as error:
        if not _is_refused(error):
            raise
        return False
    return True


def _is_refused(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == REFUSED


async def look(engine: AsyncEngine) -> str | None:
    """As `missing`, and nothing is changed."""
    async with engine.connect() as connection:
        return await connection.run_sync(missing)


async def stand(engine: AsyncEngine) -> str | None:
    """Put up what is missing, as after an administrator made the role, and say what is missing then."""
    if await look(engine) is None:
        return None
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        await connection.run_sync(try_to_put_up)
        return await connection.run_sync(missing)
