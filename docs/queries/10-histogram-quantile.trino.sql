-- Athena, too.
WITH points AS (
  SELECT service_name, n, upper_bound
  FROM metrics
  CROSS JOIN UNNEST(bucket_counts, explicit_bounds || ARRAY[infinity()]) AS bucket (n, upper_bound)
  WHERE stream = 'checkout' AND dt = '2026-11-22' AND metric_name = 'db.client.operation.duration'
), buckets AS (
  SELECT service_name, upper_bound, sum(n) AS n FROM points GROUP BY service_name, upper_bound
), sums AS (
  SELECT service_name, upper_bound,
    sum(n) OVER (PARTITION BY service_name ORDER BY upper_bound) AS up_to,
    sum(n) OVER (PARTITION BY service_name) AS total
  FROM buckets
)
SELECT service_name, min(upper_bound) AS p95_seconds, max(total) AS calls
FROM sums
WHERE up_to >= 0.95 * total
GROUP BY service_name
ORDER BY service_name;
