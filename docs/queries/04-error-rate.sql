-- The share of requests that fail, minute by minute.
SELECT date_trunc('minute', time) AS minute, count(*) AS requests,
  sum(CASE WHEN status_code = 'ERROR' THEN 1 ELSE 0 END) AS errors,
  avg(CASE WHEN status_code = 'ERROR' THEN 1e0 ELSE 0e0 END) AS error_rate
FROM traces
WHERE stream = 'checkout' AND dt = '2026-11-22' AND kind = 'SERVER'
GROUP BY date_trunc('minute', time)
ORDER BY minute;
