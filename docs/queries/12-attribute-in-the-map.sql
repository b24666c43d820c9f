-- By an attribute that has no column of its own. It reads the whole map: promote what you ask for often.
SELECT attributes['messaging.destination.partition.id'] AS topic_partition, count(*) AS messages
FROM traces
WHERE stream = 'checkout' AND dt = '2026-11-22' AND messaging_system = 'kafka'
GROUP BY attributes['messaging.destination.partition.id']
ORDER BY messages DESC, topic_partition NULLS LAST;
