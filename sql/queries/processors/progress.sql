-- How far each processor has read.
SELECT processor, slot, position
FROM raw_processor_progress FINAL
