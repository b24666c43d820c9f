-- Athena, too: [] fails for a key that is not there.
SELECT element_at(attributes, 'messaging.destination.partition.id') AS topic_partition, count(*) AS messages
FROM traces
WHERE stream = 'checkout' AND dt = '2026-11-22' AND messaging_system = 'kafka'
GROUP BY element_at(attributes, 'messaging.destination.partition.id')
ORDER BY messages DESC, topic_partition NULLS LAST;
