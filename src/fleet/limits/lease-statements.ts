/** What was changed in so many s before the last look may have been committed after it. */
const OVERLAP = 2;

/** How long an origin without leases is remembered. */
const KEPT = "interval '10 minutes'";

/** A commit that is lost in a crash does no harm: {@link statementsFor} `dead` and `awaited`. */
const LIGHT = "set_config('synchronous_commit', 'off', true)";

const NEWS = `o.origin, o.max_requests AS "ownLimit", o.rate AS "ownRate",
    o.level, o.headroom, o.is_short AS "isShort", o.claims, o.free,
    ${msUntil('o.hold_until')} AS "heldFor", o.prober,
    -${msUntil('o.failing_since')} AS "failingFor",
    ${msUntil('o.down_until')} AS "downFor", o.reason, o.message`;

function msUntil(column: string): string {
  return `coalesce(extract(epoch FROM ${column} - clock_timestamp()) * 1000, 0)::double precision`;
}

/**
 * The statements on the tables of limits in `schema`.
 * @param leaseTime how long a run keeps its leases after its last sign of life, and how long a server that
 *   was started again waits for the runs it knew before, in ms
 */
export function statementsFor(schema: string, leaseTime: number) {
  const span = `interval '${leaseTime} ms'`;
  /** A crash of the server loses neither this nor whether the leases of a run are still waited for. */
  const isDead = `expires_at < clock_timestamp() AND clock_timestamp() > pg_postmaster_start_time() + ${span}`;
  return {
    /** $1 the worker's name, $2 its plan, $3 what it does. */
    register: `INSERT INTO ${schema}.workers (name, plan, state, expires_at)
      VALUES ($1, $2, $3, clock_timestamp() + ${span}) RETURNING id`,

    /**
     * $1 the run, $2 when it looked last, in s since the epoch, $3 what it does. OFFSET 0 has each origin of
     * the run looked up by its key: without statistics the planner reads those of all runs.
     */
    beat: `WITH light AS MATERIALIZED (SELECT ${LIGHT}),
      beat AS (
        UPDATE ${schema}.workers
        SET beat_at = clock_timestamp(), expires_at = clock_timestamp() + ${span}, state = $3
        FROM light WHERE id = $1 RETURNING id
      )
      SELECT EXISTS (SELECT FROM beat) AS "isKnown",
        EXISTS (SELECT FROM ${schema}.workers WHERE ${isDead} AND id <> $1) AS "hasDead",
        extract(epoch FROM clock_timestamp())::double precision AS "at",
        coalesce((
          SELECT json_agg(news) FROM (
            SELECT ${NEWS} FROM ${schema}.leases l CROSS JOIN LATERAL (
              SELECT * FROM ${schema}.origins o
              WHERE o.origin = l.origin
                AND o.changed_at >= to_timestamp($2::double precision - ${OVERLAP})
              OFFSET 0
            ) o
            WHERE l.worker = $1
          ) news
        ), '[]') AS changes`,

    /** $1 the run, $2 origins that it has no leases of yet. */
    add: `WITH light AS MATERIALIZED (SELECT ${LIGHT}),
      me AS MATERIALIZED (SELECT id FROM ${schema}.workers, light WHERE id = $1 FOR KEY SHARE)
      INSERT INTO ${schema}.origins (origin)
      SELECT origin FROM unnest($2::text[]) AS origin, me ORDER BY origin
      ON CONFLICT (origin) DO NOTHING RETURNING origin`,

    /** $1 the run, $2 origins. Nothing when the run is not known. */
    lock: `WITH light AS MATERIALIZED (SELECT ${LIGHT}),
      me AS MATERIALIZED (SELECT id FROM ${schema}.workers, light WHERE id = $1 FOR KEY SHARE),
      locked AS MATERIALIZED (
        SELECT o.* FROM ${schema}.origins o, me WHERE o.origin = ANY ($2) ORDER BY o.origin FOR UPDATE OF o
      )
      SELECT ${NEWS}, true AS "isKnown" FROM locked o`,

    /** $1 the run, $2 origins. */
    isKnown: `SELECT EXISTS (SELECT FROM ${schema}.workers WHERE id = $1) AS "isKnown"`,

    /**
     * $1 the run, $2 origins: the leases of other runs. A run that has not been heard of since the server
     * started is awaited: what it was given last may have been lost in a crash.
     */
    others: `SELECT origin, share, demand FROM ${schema}.leases
      WHERE origin = ANY ($2) AND worker <> $1`,
    awaited: `SELECT EXISTS (
        SELECT FROM ${schema}.workers
        WHERE id <> $1 AND beat_at < pg_postmaster_start_time() AND NOT (${isDead})
      ) AS "isAwaited"`,

    /**
     * $1 the run, then columns of what each origin is like now. One that was added is as it should be when the
     * run has all of it: how it is split is computed anew once another run comes. A run that may not take it
     * yet sees by `free` that it can ask again.
     */
    save: `WITH input AS (
        SELECT * FROM unnest($2::text[], $3::boolean[], $4::int[], $5::int[], $6::int[], $7::int[],
          $8::boolean[], $9::int[], $10::int[], $12::boolean[])
        AS i(origin, leaves, share, demand, level, headroom, is_short, claims, free, is_added)
      ),
      gone AS (
        DELETE FROM ${schema}.leases l USING input i WHERE l.origin = i.origin AND l.worker = $1 AND i.leaves
      ),
      forgotten AS (
        DELETE FROM ${schema}.origins o USING input i
        WHERE o.origin = i.origin AND i.claims = 0 AND $11 AND o.max_requests IS NULL AND o.rate IS NULL
          AND coalesce(greatest(o.hold_until, o.down_until), '-infinity') < clock_timestamp()
      ),
      held AS (
        INSERT INTO ${schema}.leases (origin, worker, share, demand)
        SELECT origin, $1, share, demand FROM input WHERE NOT leaves
        ON CONFLICT (origin, worker) DO UPDATE SET share = excluded.share, demand = excluded.demand
      )
      UPDATE ${schema}.origins o
      SET level = i.level, headroom = i.headroom, is_short = i.is_short, claims = i.claims, free = i.free,
        changed_at = clock_timestamp()
      FROM input i WHERE o.origin = i.origin AND (i.claims > 0 OR NOT $11)
        AND (NOT i.is_added OR i.free > 0)
        AND (o.level, o.headroom, o.is_short, o.claims, o.free)
          <> (i.level, i.headroom, i.is_short, i.claims, i.free)`,

    /** $1 the run, then columns of reports. A hold of another run that still lasts stays. */
    report: `INSERT INTO ${schema}.origins AS o
        (origin, hold_until, prober, failing_since, down_until, reason, message)
      SELECT origin, hold_until, CASE kind WHEN 'held' THEN $1::bigint END, failing_since, down_until, reason, message
      FROM (
        SELECT origin, kind, reason, message,
          clock_timestamp() + held_for * interval '1 ms' AS hold_until,
          clock_timestamp() - failing_for * interval '1 ms' AS failing_since,
          clock_timestamp() + down_for * interval '1 ms' AS down_until
        FROM unnest($2::text[], $3::text[], $4::double precision[], $5::double precision[],
          $6::double precision[], $7::text[], $8::text[])
        AS r(origin, kind, held_for, failing_for, down_for, reason, message)
      ) r ORDER BY origin
      ON CONFLICT (origin) DO UPDATE SET
        hold_until = CASE
          WHEN excluded.prober IS NOT NULL OR excluded.hold_until IS NULL THEN excluded.hold_until
          ELSE greatest(o.hold_until, excluded.hold_until) END,
        prober = excluded.prober,
        failing_since = excluded.failing_since,
        down_until = excluded.down_until,
        reason = excluded.reason,
        message = excluded.message,
        changed_at = clock_timestamp()
      WHERE excluded.prober IS NULL
        OR (coalesce(o.prober = excluded.prober OR o.hold_until < clock_timestamp(), true)
          AND coalesce(o.down_until < clock_timestamp(), true))`,

    notify: `SELECT pg_notify($1, $2)`,

    /** $1 the run. */
    end: `DELETE FROM ${schema}.workers WHERE id = $1`,

    /** Takes runs that have given no sign of life, each by one transaction alone. */
    takeDead: `DELETE FROM ${schema}.workers WHERE id IN (
        SELECT id FROM ${schema}.workers WHERE ${isDead} ORDER BY id FOR UPDATE SKIP LOCKED
      ) RETURNING id`,
    lockOf: `SELECT origin FROM ${schema}.origins
      WHERE origin IN (SELECT origin FROM ${schema}.leases WHERE worker = ANY ($1))
      ORDER BY origin FOR UPDATE`,
    dropLeases: `DELETE FROM ${schema}.leases WHERE worker = ANY ($1)`,
    /** $1 origins whose leases have become fewer: their other runs ask again. */
    recount: `UPDATE ${schema}.origins o
      SET claims = (SELECT count(*) FROM ${schema}.leases l WHERE l.origin = o.origin),
        free = 1, is_short = false, changed_at = clock_timestamp()
      WHERE o.origin = ANY ($1)`,
    /** $1 origins, $2 whether they are forgotten at once. */
    forget: `DELETE FROM ${schema}.origins
      WHERE origin = ANY ($1) AND claims = 0 AND $2 AND max_requests IS NULL AND rate IS NULL
        AND coalesce(greatest(hold_until, down_until), '-infinity') < clock_timestamp()`,
    forgetOld: `DELETE FROM ${schema}.origins o
      WHERE changed_at < now() - ${KEPT} AND max_requests IS NULL AND rate IS NULL
        AND coalesce(greatest(hold_until, down_until), '-infinity') < now()
        AND NOT EXISTS (SELECT FROM ${schema}.leases l WHERE l.origin = o.origin)`,
  };
}
