namespace ShTP.Invariants.Areas;

/// <summary>Submissions, their work in the queue and their results.</summary>
internal static class Judging
{
    public static IEnumerable<Invariant> All =>
    [
        new RowInvariant("contest-has-tasks", "a contest lists a task that is not there", Database.Assignments,
            """
            SELECT c.id::text, format('names the task %s, which is not there', t.id)
            FROM contests c CROSS JOIN LATERAL unnest(c.tasks) AS t (id) WHERE NOT EXISTS (SELECT FROM tasks WHERE tasks.id = t.id)
            """),
        new RowInvariant("waiting-has-work", "a submission waits for ever", Database.Assignments,
            """
            SELECT s.id::text, format('has the status %s, and its work %s', s.status, coalesce('has the state ' || w.state, 'is not there'))
            FROM submissions s LEFT JOIN work w ON w.id = s.work_id WHERE s.status < 2 AND w.state IS DISTINCT FROM s.status
            """),
        new RowInvariant("work-has-submissions", "a checker gets work without a submission", Database.Assignments,
            """
            SELECT w.id::text, 'waits in the queue without a submission' FROM work w WHERE w.state < 2
                AND NOT EXISTS (SELECT FROM submissions s WHERE s.work_id = w.id) AND NOT EXISTS (SELECT FROM rejudge_items i WHERE i.work_id = w.id)
            """),
        new RowInvariant("accepted-tests-are-counted", "a submission shows wrong numbers", Database.Assignments,
            """
            SELECT s.id::text, format('counts %s accepted tests, and has %s', s.accepted, r.accepted)
            FROM submissions s CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE (result->>'status')::boolean) AS accepted FROM jsonb_array_elements(s.results) AS result) AS r
            WHERE s.results IS NOT NULL AND s.accepted <> r.accepted
            """),
        new RowInvariant("rejected-is-not-solved", "a rejected submission counts", Database.Assignments,
            "SELECT id::text, 'is rejected and solved' FROM submissions WHERE status = 3 AND solved"),
        new RowInvariant("lease-ends", "work of a checker that died is not given to another one", Database.Assignments,
            "SELECT id::text, format('has a lease that expired at %s', lease_expires_at) FROM work WHERE state = 1 AND lease_expires_at < now() - @stuck"),
        new RowInvariant("queue-moves", "solutions are not judged", Database.Assignments,
            "SELECT id::text, format('waits since %s', queued_at) FROM work WHERE state = 0 AND priority = 0 AND queued_at < now() - @stuck"),
    ];
}
