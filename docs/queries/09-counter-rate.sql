-- The rate of a cumulative counter: growth between the points of each series. A restart counts from zero.
WITH points AS (
  SELECT service_name, time, value,
    lag(value) OVER (PARTITION BY series_hash, start_time ORDER BY time) AS before
  FROM metrics
  WHERE stream = 'checkout' AND dt = '2026-11-22' AND metric_name = 'process.cpu.time'
    AND aggregation_temporality = 'CUMULATIVE'
)
SELECT service_name, date_trunc('minute', time) AS minute, sum(value - coalesce(before, 0)) AS cpu_seconds
FROM points
GROUP BY service_name, date_trunc('minute', time)
ORDER BY service_name, minute;
