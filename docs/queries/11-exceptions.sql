-- The exceptions of all spans, whichever span they were recorded on.
SELECT service_name, exception_type, count(*) AS spans, min(time) AS first_seen, max(time) AS last_seen,
  max(exception_message) AS example
FROM traces
WHERE stream = 'checkout' AND dt = '2026-11-22' AND exception_type IS NOT NULL
GROUP BY service_name, exception_type
ORDER BY spans DESC, service_name, exception_type;
