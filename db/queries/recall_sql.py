"""The SQL of recall: how each path ranks a person's entries, and how what they find is fused.

`{where}`, `{apart}` and `{only}` are filled with what stands at the end, and with nothing else: all values
are bound.
"""

PATHS = frozenset({"meaning", "words", "dates", "recency", "sitting"})
# Meaning and words are weighed by how far an entry stands out among those the path found: its score above
# that of the last, in units of what the found ones are above it on average. That needs no scale, so it fits
# every embedder, and a path that is sure of one entry outweighs another to which all look alike. Words weigh
# more: they are never quite wrong, and a poor embedder can be.
WEIGHTS = {"meaning": 0.65, "words": 1.0}
# A word that fewer entries have says much by that alone; meaning brings whatever there is.
FEWEST = {"meaning": 1, "words": 5}
# What being found at all is worth, where standing out comes to 1 on average.
FOUND = 0.1
# A day that is named is said, not guessed: its entries come before all but the surest of the others.
DATES, SLOPE = 7.0, 20
# The newest weigh so little that they only fill the room that is left.
RECENCY = 0.05
# What somebody writes within an hour or so belongs together: the message before the one that was found tells
# whom it is about, the one after how it ended. The best pass this share on to both neighbours.
PASSED_ON, PASSING, SITTING = 0.4, 10, "1 hour"
FIGURES = {
    "found": FOUND,
    "dates": DATES,
    "slope": SLOPE,
    "recency": RECENCY,
    "passed_on": PASSED_ON,
    "passing": PASSING,
    "sitting": SITTING,
}
# How many entries a path brings to the fusion.
REACH = 50
NEWEST = 5
# BM25, with less regard to length than the textbooks' 0.75: a short entry is not more to the point than a
# long one, it is only shorter. Terms are read from the rarest on, up to this many postings: what is left out
# for somebody with thousands of entries are words that most of them hold.
K1, B = 0.9, 0.4
POSTINGS = 4000
# Of up to this many chunks a person's small words are looked up too, where nothing goes by meaning: they
# break ties where little is written.
FEW = 2000

ASKED_VECTOR = "CAST(CAST(:vector AS real[]) AS halfvec)"
OF_ENTRY = """(SELECT o.embedding FROM entry_embeddings o
    WHERE o.entry_id = :of_entry AND o.user_id = :user_id AND o.model = :model AND o.chunk = 0)"""

# Exact: every vector of the person is measured, once. OFFSET 0 keeps the order out of the scan, so that no
# approximate index could serve it, even if somebody made one.
MEANING = """
    WITH {apart}asked_vector AS MATERIALIZED (SELECT {asked} AS vector),
    measured AS (
        SELECT * FROM (
            SELECT v.entry_id, v.start, v.stop, v.embedding <=> (SELECT vector FROM asked_vector) AS distance
            FROM entry_embeddings v
            WHERE v.user_id = :user_id AND v.model = :model{where} OFFSET 0) AS all_of_them
        ORDER BY distance LIMIT :reach * 2)
    SELECT entry_id, start, stop, -distance AS score
    FROM (SELECT DISTINCT ON (entry_id) * FROM measured WHERE distance < 'NaN'
          ORDER BY entry_id, distance) AS best
    ORDER BY distance, entry_id DESC LIMIT :reach"""

# BM25 with the frequencies of the person's own chunks. The word at one place of the question has several
# terms, which are rare or common together.
WORDS = """
    WITH {apart}asked AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:places AS int[]), CAST(:terms AS bigint[]), CAST(:weights AS float8[]),
            CAST(:are_small AS bool[])) AS a (place, term, weight, is_small)),
    corpus AS MATERIALIZED (
        SELECT CAST(count(*) AS float8) AS chunks, CAST(greatest(avg(length), 1) AS float8) AS usual
        FROM word_chunks WHERE user_id = :user_id),
    held AS MATERIALIZED (
        SELECT a.place, a.term, a.weight, (SELECT count(*) FROM (
            SELECT FROM word_counts c
            WHERE c.term = a.term AND c.user_id = :user_id LIMIT :postings + 1) AS found) AS chunks
        FROM asked a, corpus WHERE NOT a.is_small OR corpus.chunks <= :few),
    places AS MATERIALIZED (
        SELECT place, sum(chunks) AS chunks, sum(sum(chunks)) OVER (ORDER BY sum(chunks), place) AS so_far
        FROM held WHERE chunks > 0 GROUP BY place),
    telling AS MATERIALIZED (
        SELECT h.term, h.weight * ({k1} + 1)
            * ln(1 + greatest(corpus.chunks - p.chunks + 0.5, 0.5) / (p.chunks + 0.5)) AS weight
        FROM places p JOIN held h ON h.place = p.place AND h.chunks > 0, corpus
        WHERE p.so_far <= :postings OR p.so_far = p.chunks),
    scored AS MATERIALIZED (
        SELECT c.chunk_id, sum(t.weight * c.count
            / (c.count + {k1} * (1 - {b} + {b} * c.length / corpus.usual))) AS score
        FROM corpus, telling t
        CROSS JOIN LATERAL (
            SELECT * FROM word_counts c WHERE c.term = t.term AND c.user_id = :user_id OFFSET 0) AS c
        WHERE true{where}
        GROUP BY c.chunk_id ORDER BY score DESC, c.chunk_id DESC LIMIT :reach * 2)
    SELECT entry_id, start, stop, score
    FROM (SELECT DISTINCT ON (w.entry_id) w.entry_id, w.start, w.stop, s.score
          FROM scored s JOIN word_chunks w ON w.id = s.chunk_id AND w.user_id = :user_id
          ORDER BY w.entry_id, s.score DESC) AS best
    ORDER BY score DESC, entry_id DESC LIMIT :reach"""

# What the paths by meaning and words found, as `db.queries.recall` weighs it.
NEAR = """
    near AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:near_ids AS uuid[]), CAST(:near_starts AS int[]),
            CAST(:near_stops AS int[]), CAST(:near_paths AS text[]), CAST(:near_ranks AS bigint[]),
            CAST(:near_scores AS float8[]))
            AS n (entry_id, start, stop, path, rank, score)),
    nearest AS MATERIALIZED (SELECT entry_id, sum(score) AS score FROM near GROUP BY entry_id)"""

ALL_OF = "SELECT * FROM {path}"

# Within the days that were named, what is also near in meaning or words comes first, then what is nearest
# to the first days named.
DATED = """
    dates AS (
        SELECT entry_id, CAST(NULL AS int) AS start, CAST(NULL AS int) AS stop, 'dates' AS path, rank,
            {dates} * {slope} / ({slope} + rank) AS score
        FROM (SELECT d.id AS entry_id,
                  row_number() OVER (ORDER BY coalesce(n.score, 0) DESC, d.place, d.written_at DESC) AS rank
              FROM (SELECT e.id, e.written_at, min(d.place) AS place
                    FROM unnest(CAST(:starts AS date[]), CAST(:stops AS date[])) WITH ORDINALITY
                        AS d (start, stop, place)
                    CROSS JOIN LATERAL (
                        SELECT e.id, e.written_at FROM journal_entries e
                        WHERE e.user_id = :user_id AND e.local_date BETWEEN d.start AND d.stop
                            AND e.body <> '' AND {told}{where} OFFSET 0) AS e
                    GROUP BY e.id, e.written_at) AS d
              LEFT JOIN nearest n ON n.entry_id = d.id
              ORDER BY rank LIMIT :reach) AS ranked)"""

# The person's entries right before and after each of the best, where they are of the same sitting.
BESIDE = """
    best AS MATERIALIZED (
        SELECT e.id, e.written_at, n.score FROM
            (SELECT * FROM nearest ORDER BY score DESC, entry_id DESC LIMIT {passing}) AS n
        JOIN journal_entries e ON e.id = n.entry_id AND e.user_id = :user_id),
    sitting AS (
        SELECT beside.id AS entry_id, CAST(NULL AS int) AS start, CAST(NULL AS int) AS stop,
            'sitting' AS path, CAST(NULL AS bigint) AS rank, {passed_on} * max(b.score) AS score
        FROM best b CROSS JOIN LATERAL (
            (SELECT e.id FROM journal_entries e
             WHERE e.user_id = :user_id AND e.written_at >= b.written_at
                AND e.written_at <= b.written_at + interval '{sitting}'
                AND (e.written_at > b.written_at OR e.id > b.id) AND e.body <> '' AND {told}{where}
             ORDER BY e.written_at, e.id LIMIT 1)
            UNION ALL
            (SELECT e.id FROM journal_entries e
             WHERE e.user_id = :user_id AND e.written_at <= b.written_at
                AND e.written_at >= b.written_at - interval '{sitting}'
                AND (e.written_at < b.written_at OR e.id < b.id) AND e.body <> '' AND {told}{where}
             ORDER BY e.written_at DESC, e.id DESC LIMIT 1)) AS beside
        GROUP BY beside.id)"""

RECENT = """
    recency AS (
        SELECT id AS entry_id, CAST(NULL AS int) AS start, CAST(NULL AS int) AS stop, 'recency' AS path,
            row_number() OVER (ORDER BY written_at DESC) AS rank,
            {recency} / (row_number() OVER (ORDER BY written_at DESC)) AS score
        FROM (SELECT e.id, e.written_at FROM journal_entries e
              WHERE e.user_id = :user_id AND e.body <> '' AND {told}{where}
              ORDER BY e.written_at DESC LIMIT :newest) AS newest)"""

FUSED = """
    SELECT e.id, e.kind, e.local_date, e.written_at, e.body, f.start, f.stop, f.paths,
        CAST(f.score AS float8) AS score
    FROM (SELECT entry_id, sum(score) AS score, array_agg(path) AS paths,
              (array_agg(start ORDER BY rank) FILTER (WHERE stop IS NOT NULL))[1] AS start,
              (array_agg(stop ORDER BY rank) FILTER (WHERE stop IS NOT NULL))[1] AS stop
          FROM ({rankings}) AS ranked GROUP BY entry_id ORDER BY score DESC LIMIT :most + 50) AS f
    JOIN journal_entries e ON e.id = f.entry_id AND e.user_id = :user_id AND {told}
    ORDER BY f.score DESC, e.written_at DESC LIMIT :most"""

# What was deleted may come back for a while, and questions tell nothing. The other paths find them, and
# have some to spare; the fusion drops them.
TOLD = "e.deleted_at IS NULL AND NOT e.is_question"

# What came later, and the entry itself, are left out. Telegram dates by the second: within one the ids tell.
EXCEPT = {
    "besides": " AND e.id <> CAST(:besides AS uuid)",
    "before": """ AND (e.written_at < CAST(:before AS timestamptz)
        OR e.written_at = CAST(:before AS timestamptz) AND e.id < CAST(:besides AS uuid))""",
}
# The other filters are for searches.
ONLY = {
    "since": " AND e.local_date >= CAST(:since AS date)",
    "until": " AND e.local_date <= CAST(:until AS date)",
    "kinds": " AND e.kind = ANY(CAST(:kinds AS text[]))",
    "among": " AND e.id = ANY(CAST(:among AS uuid[]))",
}
# Vectors and words do not tell when and how their entry was written. What is left out of them is a list,
# which is empty but for the entry that was just written. Questions are the nearest of all to a question: they
# must not fill a path before the fusion.
OUTSIDE = """
    outside AS MATERIALIZED (
        SELECT CAST(:besides AS uuid) AS id
        UNION ALL
        SELECT e.id FROM journal_entries e
        WHERE e.user_id = :user_id AND e.written_at >= CAST(:before AS timestamptz)
            AND (e.written_at > CAST(:before AS timestamptz) OR e.id > CAST(:besides AS uuid))
        UNION ALL
        SELECT e.id FROM journal_entries e
        WHERE e.user_id = :user_id AND (e.is_question OR e.deleted_at IS NOT NULL)),"""
INSIDE = """
    inside AS MATERIALIZED (SELECT e.id FROM journal_entries e WHERE e.user_id = :user_id{only}),"""
OF_ENTRIES = " AND v.entry_id NOT IN (SELECT id FROM outside WHERE id IS NOT NULL)"
ONLY_ENTRIES = " AND v.entry_id IN (SELECT id FROM inside)"
OF_CHUNKS = """ AND c.chunk_id NOT IN (
            SELECT w.id FROM outside o CROSS JOIN LATERAL (
                SELECT w.id FROM word_chunks w
                WHERE w.entry_id = o.id AND w.user_id = :user_id OFFSET 0) AS w)"""
ONLY_CHUNKS = """ AND c.chunk_id IN (
            SELECT w.id FROM word_chunks w JOIN inside i ON w.entry_id = i.id
            WHERE w.user_id = :user_id)"""
