-- Claiming deliveries, as functions: PostgreSQL keeps the plans of a function's statements for as long
-- as a connection lives, through PgBouncer too. Planned anew each time, a claim took 0.9 ms, of which
-- half was planning (docs/performance.md). `manage.py migrate` installs this file when all else is done.
--
-- While a release is rolled out, old code calls them too: what would change arguments or columns takes
-- a new name, and the old function stays for a release.
--
-- They go by the indexes, whatever the planner believes of the table: a kept plan may be as old as an
-- empty table, and so may the statistics after a flood. Sorting is off as well: the order is an index's.
--
-- Who calls them is in one centre, or in none yet. Those that look after all centres' deliveries say so
-- for the rest of their transaction, of which they are the last or the only statement (core/isolation).


-- The next centre after `after` that has something due, since when, and how often that has been
-- tried; nulls when there is none. One look-up per centre, whose first row is its earliest: what is
-- due later or running is passed over centre by centre, not row by row.
CREATE OR REPLACE FUNCTION next_due_centre(
    wanted text, after bigint, OUT centre bigint, OUT due_since timestamptz, OUT tried smallint
) LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
    first record;
BEGIN
    LOOP
        SELECT d.centre_id, d.due_at, d.attempt INTO first FROM delivery AS d
        WHERE d.handler = wanted AND d.state IN ('pending', 'running') AND d.centre_id > after
        ORDER BY d.centre_id, d.due_at LIMIT 1;
        IF NOT FOUND THEN
            RETURN;
        ELSIF first.due_at <= now() THEN
            centre := first.centre_id;
            due_since := first.due_at;
            tried := first.attempt;
            RETURN;
        END IF;
        after := first.centre_id;
    END LOOP;
END $$;


-- Round-robin over centres: the next centre after the last one served that has something due and
-- not locked, then a batch of that centre alone. A retried delivery is claimed alone, so that
-- poison takes no mates with it; no more rows are looked at than a batch may hold. A centre with
-- `at_once` running deliveries is passed over. `waited` are the seconds since the first one was due.
CREATE OR REPLACE FUNCTION claim_due_deliveries(
    wanted text, most int, lease interval, after bigint, at_once int, is_durable boolean
) RETURNS TABLE (
    id bigint, attempt smallint, forgiven smallint, centre_id bigint, handler varchar, key varchar,
    event_id uuid, request_id varchar, version smallint, payload jsonb, waited double precision
) LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
#variable_conflict use_column
DECLARE
    served bigint := after;
    is_second_round boolean := false;
    next_one record;
    ids bigint[];
    attempts smallint[];
BEGIN
    IF EXISTS (SELECT FROM queue_pause WHERE queue = split_part(wanted, '.', 1)) THEN
        RETURN;
    END IF;
    PERFORM set_config('schoolbell.outbox', 'all', true);
    LOOP
        next_one := next_due_centre(wanted, served);
        IF next_one.centre IS NULL AND NOT is_second_round THEN
            is_second_round := true;
            served := -1;
            CONTINUE;
        ELSIF next_one.centre IS NULL OR (is_second_round AND next_one.centre > after) THEN
            RETURN;
        END IF;
        served := next_one.centre;

        -- A lease ends within one from now, so what is due later still is not counted one by one.
        CONTINUE WHEN at_once IS NOT NULL AND at_once <= (
            SELECT count(*) FROM (
                SELECT FROM delivery AS d
                WHERE d.handler = wanted AND d.centre_id = served AND d.state = 'running'
                  AND d.due_at > now() AND d.due_at <= now() + lease
                LIMIT at_once
            ) AS busy
        );
        SELECT array_agg(d.id), array_agg(d.attempt) INTO ids, attempts FROM (
            SELECT d.id, d.attempt FROM delivery AS d
            WHERE d.handler = wanted AND d.state IN ('pending', 'running')
              AND d.centre_id = served AND d.due_at BETWEEN next_one.due_since AND now()
            ORDER BY d.due_at LIMIT CASE WHEN next_one.tried = 0 THEN most ELSE 1 END
            FOR UPDATE SKIP LOCKED
        ) AS d;
        EXIT WHEN ids IS NOT NULL;
    END LOOP;

    IF attempts[1] > 0 THEN
        ids := ids[1:1];
    ELSE
        ids := ARRAY(SELECT d.id FROM unnest(ids, attempts) AS d(id, attempt) WHERE d.attempt = 0);
    END IF;
    IF NOT is_durable THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    -- Not one join: planned for an empty table, it would read both tables from end to end.
    RETURN QUERY
        WITH taken AS (
            UPDATE delivery AS d
            SET state = 'running', attempt = d.attempt + 1, due_at = now() + lease
            WHERE d.id = ANY (ids)
            RETURNING d.id, d.attempt, d.forgiven, d.centre_id, d.handler, d.key, d.event_id
        )
        SELECT t.id, t.attempt, t.forgiven, t.centre_id, t.handler, t.key,
            t.event_id, e.request_id, e.version, e.payload,
            extract(epoch FROM now() - next_one.due_since)::double precision
        FROM taken AS t CROSS JOIN LATERAL (
            SELECT e.request_id, e.version, e.payload FROM event AS e WHERE e.id = t.event_id
            OFFSET 0
        ) AS e;
END $$;


-- The same for code that knows no `waited`, while a release is rolled out.
CREATE OR REPLACE FUNCTION claim_deliveries(
    wanted text, most int, lease interval, after bigint, at_once int, is_durable boolean
) RETURNS TABLE (
    id bigint, attempt smallint, forgiven smallint, centre_id bigint, handler varchar, key varchar,
    event_id uuid, request_id varchar, version smallint, payload jsonb
) LANGUAGE sql AS $$
    SELECT id, attempt, forgiven, centre_id, handler, key, event_id, request_id, version, payload
    FROM claim_due_deliveries(wanted, most, lease, after, at_once, is_durable);
$$;


-- Marks what is still ours as done, and says which that was.
CREATE OR REPLACE FUNCTION finish_deliveries(ids bigint[], held_attempt int)
RETURNS SETOF bigint LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY
        UPDATE delivery AS d SET state = 'done', finished_at = now(), detail = ''
        WHERE d.id = ANY (ids) AND d.attempt = held_attempt AND (d.state = 'running') IS TRUE
        RETURNING d.id;
END $$;


-- A batch is carried out and then marked done, in one transaction. The mark is the fence: where one of
-- the batch is not ours any more, nothing of it may be committed.
CREATE OR REPLACE FUNCTION end_deliveries(ids bigint[], held_attempt int)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('schoolbell.outbox', 'all', true);
    IF (SELECT count(*) FROM finish_deliveries(ids, held_attempt)) < cardinality(ids) THEN
        RAISE 'Another worker has it by now.';
    END IF;
END $$;


-- Those of the handlers that have something due, unless their queue is paused.
CREATE OR REPLACE FUNCTION due_handlers(names text[])
RETURNS SETOF text LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
    name text;
BEGIN
    PERFORM set_config('schoolbell.outbox', 'all', true);
    FOREACH name IN ARRAY names LOOP
        CONTINUE WHEN EXISTS (SELECT FROM queue_pause WHERE queue = split_part(name, '.', 1));
        IF (next_due_centre(name, -1)).centre IS NOT NULL THEN
            RETURN NEXT name;
        END IF;
    END LOOP;
END $$;
