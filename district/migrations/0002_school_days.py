"""The numbered calendar that due dates in queries are counted on: see `district.models.SchoolDay`."""

from django.db import migrations

VIEW = """
CREATE MATERIALIZED VIEW district_schoolday AS
WITH years AS (
    -- "2026-27" begins in 2026; years that follow each other without a gap make one run
    SELECT first_day, last_day, left(name, 4)::int AS begins,
           left(name, 4)::int - row_number() OVER (ORDER BY name)::int AS run
    FROM district_schoolyear
), spans AS (
    SELECT run, least(min(first_day), make_date(min(begins), 7, 1)) AS first,
           greatest(max(last_day), make_date(max(begins) + 1, 6, 30)) AS last
    FROM years GROUP BY run
), days AS (
    SELECT spans.run, day::date AS day
    FROM spans, generate_series(spans.first::timestamp, spans.last::timestamp, '1 day') AS day
), marked AS (
    SELECT days.run, days.day, school.id AS school_id,
           extract(isodow FROM days.day) < 6 AND holiday.id IS NULL AS is_business_day,
           extract(isodow FROM days.day) < 6 AND year.run IS NOT NULL AND closed.day IS NULL AS is_school_day
    FROM days
    CROSS JOIN district_school school
    LEFT JOIN years year ON days.day BETWEEN year.first_day AND year.last_day
    LEFT JOIN district_nonschoolday holiday
        ON holiday.day = days.day AND holiday.is_holiday AND holiday.school_id IS NULL
    LEFT JOIN LATERAL (
        SELECT day FROM district_nonschoolday off
        WHERE off.day = days.day AND (off.school_id IS NULL OR off.school_id = school.id) LIMIT 1
    ) closed ON true
)
SELECT row_number() OVER ()::int AS id, school_id, day, run, is_school_day, is_business_day,
       (count(*) FILTER (WHERE is_school_day) OVER counted)::int AS school_number,
       (count(*) FILTER (WHERE is_business_day) OVER counted)::int AS business_number
FROM marked
WINDOW counted AS (PARTITION BY school_id, run ORDER BY day);

CREATE UNIQUE INDEX district_schoolday_day ON district_schoolday (school_id, day) INCLUDE (run, school_number, business_number);
CREATE UNIQUE INDEX district_schoolday_school
    ON district_schoolday (school_id, run, school_number) INCLUDE (day) WHERE is_school_day;
CREATE UNIQUE INDEX district_schoolday_business
    ON district_schoolday (school_id, run, business_number) INCLUDE (day) WHERE is_business_day;

CREATE FUNCTION district_count_days_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    REFRESH MATERIALIZED VIEW district_schoolday;
    RETURN NULL;
END $$;

CREATE TRIGGER count_days_anew AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON district_schoolyear
    FOR EACH STATEMENT EXECUTE FUNCTION district_count_days_anew();
CREATE TRIGGER count_days_anew AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON district_nonschoolday
    FOR EACH STATEMENT EXECUTE FUNCTION district_count_days_anew();
CREATE TRIGGER count_days_anew AFTER INSERT OR DELETE OR TRUNCATE ON district_school
    FOR EACH STATEMENT EXECUTE FUNCTION district_count_days_anew();
"""

GONE = """
DROP TRIGGER count_days_anew ON district_school;
DROP TRIGGER count_days_anew ON district_nonschoolday;
DROP TRIGGER count_days_anew ON district_schoolyear;
DROP FUNCTION district_count_days_anew;
DROP MATERIALIZED VIEW district_schoolday;
"""


class Migration(migrations.Migration):
    dependencies = [("district", "0001_initial")]
    operations = [migrations.RunSQL(VIEW, GONE)]
