-- Where the databases spend their time.
SELECT service_name, db_namespace, db_query_text, count(*) AS calls,
  sum(duration_ns) / 1e6 AS total_ms, max(duration_ns) / 1e6 AS max_ms
FROM traces
WHERE stream = 'checkout' AND dt = '2026-11-22' AND db_query_text IS NOT NULL
GROUP BY service_name, db_namespace, db_query_text
ORDER BY total_ms DESC, service_name, db_namespace NULLS LAST, db_query_text
LIMIT 10;
