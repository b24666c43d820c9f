-- Which routes fail most, and with what.
SELECT service_name, http_route, http_response_status_code, exception_type, count(*) AS errors
FROM traces
WHERE stream = 'checkout' AND dt = '2026-11-22'
  AND status_code = 'ERROR' AND http_route IS NOT NULL
GROUP BY service_name, http_route, http_response_status_code, exception_type
ORDER BY errors DESC, service_name, http_route, http_response_status_code NULLS LAST, exception_type NULLS LAST
LIMIT 20;
