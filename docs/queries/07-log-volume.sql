-- Who logs how much, and how bad it is.
SELECT service_name, severity_text, count(*) AS records, sum(length(body)) AS characters
FROM logs
WHERE stream = 'checkout' AND dt = '2026-11-22'
GROUP BY service_name, severity_text
ORDER BY characters DESC, service_name, severity_text NULLS LAST
LIMIT 20;
