-- Claiming deliveries, as a function: PostgreSQL keeps the plans of a function's statements for as long
-- as a connection lives, through PgBouncer too. Planned anew each time, a claim took 0.9 ms, of which
-- half was planning (docs/performance.md). `manage.py migrate` installs this file when all else is done.
--
-- While a release is rolled out, old code calls it too: what would change its arguments or columns
-- takes a new name, and the old function stays for a release.
--
-- A kept plan must not go by how full the table was when it was made, so it goes by the indexes.
--
-- Round-robin over centres: the next centre after the last one served that has something due and
-- not locked, then a batch of that centre alone. A retried delivery is claimed alone, so that
-- poison takes no mates with it. A centre with `at_once` running deliveries is passed over.
CREATE OR REPLACE FUNCTION claim_deliveries(
    wanted text, most int, lease interval, after bigint, at_once int, is_durable boolean
) RETURNS TABLE (
    id bigint, attempt smallint, forgiven smallint, centre_id bigint, handler varchar, key varchar,
    event_id uuid, request_id varchar, version smallint, payload jsonb
) LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
#variable_conflict use_column
DECLARE
    passed_over bigint[] := '{}';
    next_one record;
    batch bigint[];
BEGIN
    IF EXISTS (SELECT FROM queue_pause WHERE queue = split_part(wanted, '.', 1)) THEN
        RETURN;
    END IF;
    IF at_once IS NOT NULL THEN
        passed_over := ARRAY(
            SELECT d.centre_id FROM delivery AS d
            WHERE d.handler = wanted AND d.state = 'running' AND d.due_at > now()
            GROUP BY d.centre_id HAVING count(*) >= at_once
        );
    END IF;

    SELECT d.id, d.centre_id, d.attempt INTO next_one FROM delivery AS d
    WHERE d.handler = wanted AND d.state IN ('pending', 'running')
      AND d.centre_id > after AND d.due_at <= now() AND d.centre_id <> ALL (passed_over)
    ORDER BY d.centre_id, d.due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        SELECT d.id, d.centre_id, d.attempt INTO next_one FROM delivery AS d
        WHERE d.handler = wanted AND d.state IN ('pending', 'running')
          AND d.centre_id <= after AND d.due_at <= now() AND d.centre_id <> ALL (passed_over)
        ORDER BY d.centre_id, d.due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    END IF;
    IF NOT FOUND THEN
        RETURN;
    END IF;

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
