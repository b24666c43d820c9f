SELECT service_name, count(*) AS spans,
  quantileExactInclusive(0.5)(duration_ns) / 1e6 AS p50_ms, quantileExactInclusive(0.99)(duration_ns) / 1e6 AS p99_ms
FROM traces
WHERE stream = 'checkout' AND dt = '2026-11-22' AND hour IN ('05', '06')
  AND time >= toDateTime64('2026-11-22 05:55:00', 6, 'UTC') AND time < toDateTime64('2026-11-22 06:05:00', 6, 'UTC')
GROUP BY service_name
ORDER BY p99_ms DESC, service_name;
