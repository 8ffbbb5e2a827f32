-- Claiming deliveries, as functions: PostgreSQL keeps the plans of a function's statements for as long
-- as a connection lives, through PgBouncer too. Planned anew each time, a claim took 0.9 ms, of which
-- half was planning (docs/performance.md). `manage.py migrate` installs this file when all else is done.
--
-- While a release is rolled out, old code calls them too: what would change arguments or columns takes
-- a new name, and the old function stays for a release.
--
-- They go by the indexes, whatever the planner believes of the table: a kept plan may be as old as an
-- empty table, and so may the statistics after a flood.


-- Round-robin over centres: the next centre after the last one served that has something due and not
-- locked, then a batch of that centre alone. A retried delivery is claimed alone, so that poison takes
-- no mates with it. A centre with `at_once` running deliveries is passed over.
CREATE OR REPLACE FUNCTION claim_deliveries(
    wanted text, most int, lease interval, after bigint, at_once int, is_durable boolean
) RETURNS TABLE (
    id bigint, attempt smallint, forgiven smallint, centre_id bigint, handler varchar, key varchar,
    event_id uuid, request_id varchar, version smallint, payload jsonb
) LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
#variable_conflict use_column
DECLARE
    passed bigint := after;
    up_to bigint := 9223372036854775807;
    is_second_round boolean := false;
    next_one record;
    batch bigint[];
BEGIN
    IF EXISTS (SELECT FROM queue_pause WHERE queue = split_part(wanted, '.', 1)) THEN
        RETURN;
    END IF;
    LOOP
        SELECT d.id, d.centre_id, d.attempt INTO next_one FROM delivery AS d
        WHERE d.handler = wanted AND d.state IN ('pending', 'running') AND d.due_at <= now()
          AND d.centre_id > passed AND d.centre_id <= up_to
        ORDER BY d.centre_id, d.due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
        IF NOT FOUND AND is_second_round THEN
            RETURN;
        ELSIF NOT FOUND THEN
            is_second_round := true;
            passed := -1;
            up_to := after;
        ELSIF at_once IS NULL OR at_once > (
            SELECT count(*) FROM delivery AS d
            WHERE d.handler = wanted AND d.centre_id = next_one.centre_id
              AND d.state = 'running' AND d.due_at > now()
        ) THEN
            EXIT;
        ELSE
            passed := next_one.centre_id;
        END IF;
    END LOOP;

    batch := ARRAY[next_one.id];
    IF next_one.attempt = 0 THEN
        batch := batch || ARRAY(
            SELECT d.id FROM delivery AS d
            WHERE d.handler = wanted AND d.state IN ('pending', 'running')
              AND d.centre_id = next_one.centre_id AND d.due_at <= now()
              AND d.attempt = 0 AND d.id <> next_one.id
            ORDER BY d.due_at LIMIT most - 1 FOR UPDATE SKIP LOCKED
        );
    END IF;
    IF NOT is_durable THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    RETURN QUERY
        UPDATE delivery AS d
        SET state = 'running', attempt = d.attempt + 1, due_at = now() + lease
        FROM event AS e
        WHERE d.id = ANY (batch) AND e.id = d.event_id
        RETURNING d.id, d.attempt, d.forgiven, d.centre_id, d.handler, d.key,
            e.id, e.request_id, e.version, e.payload;
END $$;


-- A batch is first marked done and then carried out, in one transaction: the mark is the fence (no
-- row, no effect) and the lock that keeps others away until the commit.
CREATE OR REPLACE FUNCTION finish_deliveries(ids bigint[], held_attempt int)
RETURNS SETOF bigint LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY
        UPDATE delivery AS d SET state = 'done', finished_at = now(), detail = ''
        WHERE d.id = ANY (ids) AND d.attempt = held_attempt AND d.state = 'running'
        RETURNING d.id;
END $$;


-- Those of the handlers that have something due: a look per centre, as those of a centre stand in the
-- order of their time.
CREATE OR REPLACE FUNCTION due_handlers(names text[])
RETURNS SETOF text LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    name text;
    next_one record;
BEGIN
    FOREACH name IN ARRAY names LOOP
        CONTINUE WHEN EXISTS (SELECT FROM queue_pause WHERE queue = split_part(name, '.', 1));
        SELECT -1::bigint AS centre_id INTO next_one;
        LOOP
            SELECT d.centre_id, d.due_at INTO next_one FROM delivery AS d
            WHERE d.handler = name AND d.state IN ('pending', 'running')
              AND d.centre_id > next_one.centre_id
            ORDER BY d.centre_id, d.due_at LIMIT 1;
            EXIT WHEN NOT FOUND;
            IF next_one.due_at <= now() THEN
                RETURN NEXT name;
                EXIT;
            END IF;
        END LOOP;
    END LOOP;
END $$;
