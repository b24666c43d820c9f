-- Where does the CPU time go, and who calls it? The first frame of a stack is its leaf.
SELECT function_name, try_element_at(stack, 2).function_name AS caller, sum(value) / 1e9 AS seconds, count(*) AS samples
FROM profiles
WHERE stream = 'checkout' AND dt = '2026-11-22' AND sample_type = 'cpu'
GROUP BY 1, 2
ORDER BY samples DESC, function_name, caller
LIMIT 10;
