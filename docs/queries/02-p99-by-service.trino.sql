-- Athena, too.
SELECT service_name, count(*) AS spans,
  approx_percentile(duration_ns, 0.5) / 1e6 AS p50_ms, approx_percentile(duration_ns, 0.99) / 1e6 AS p99_ms
FROM traces
WHERE stream = 'checkout' AND dt = '2026-11-22' AND hour IN ('05', '06')
  AND time >= TIMESTAMP '2026-11-22 05:55:00' AND time < TIMESTAMP '2026-11-22 06:05:00'
GROUP BY service_name
ORDER BY p99_ms DESC, service_name;
