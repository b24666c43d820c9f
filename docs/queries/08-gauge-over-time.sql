-- A gauge, minute by minute. The row groups are sorted by metric_name, so other metrics are not read.
SELECT date_trunc('minute', time) AS minute, service_name, avg(value) AS average, max(value) AS highest
FROM metrics
WHERE stream = 'checkout' AND dt = '2026-11-22' AND metric_name = 'process.cpu.utilization'
GROUP BY date_trunc('minute', time), service_name
ORDER BY minute, service_name;
