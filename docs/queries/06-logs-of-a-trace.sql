-- What the services said while they worked on one trace.
SELECT time, service_name, severity_text, body
FROM logs
WHERE trace_id = '0868dedfbf6931c1a3402eda21ac0635'
  AND stream = 'checkout' AND dt = '2026-11-22'
ORDER BY time, body;
