// The plan: each cell has what its subject departs from.
#include "tests/unit/plan/plan_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void check_texts(const struct departure *departure)
{
    assert_int_equal(departure->expectations_count, 3);
    assert_int_equal(departure->expectations[0].kind, EXPECT_RANGE);
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(departure->expectations[i].kind, EXPECT_SAYS);
        assert_string_equal(departure->expectations[i].text, i == 1 ? "gone" : "away");
        assert_string_equal(departure->expectations[i].strategy, "beta:special");
        assert_int_equal(departure->expectations[i].line, 8);
    }
}

// Each cell has what its subject's strategy departs from in its scenario, and no more.
static void test_departures(void **state)
{
    (void)state;
    struct error error = {0};
    struct plan *plan = resolve_words((const char *const[WORDS_MAX]){"idle", "steady"},
        (const char *const[WORDS_MAX]){"beta", "alpha:none"}, 1, 1, &error);
    assert_non_null(plan);
    for (size_t i = 0; i < plan->cells_count; i++) {
        const struct cell *cell = plan->cells[i];
        bool departs = strcmp(cell->name, "idle-none--beta-plain--7") == 0 ||
                       strcmp(cell->name, "idle-both--beta-special--7") == 0 ||
                       strcmp(cell->name, "steady-price--beta-plain--7") == 0;
        assert_int_equal(cell->departures_count, departs);
        if (strcmp(cell->name, "idle-both--beta-special--7") == 0)
            check_texts(&cell->departures[0]);
        if (strcmp(cell->name, "idle-none--beta-plain--7") != 0)
            continue;
        const struct departure *departure = &cell->departures[0];
        assert_string_equal(departure->because, "b");
        assert_string_equal(departure->path, "pool/subjects/beta.yaml");
        assert_int_equal(departure->line, 5);
        assert_int_equal(departure->expectations_count, 2);
        assert_string_equal(departure->expectations[0].strategy, "beta:plain");
        assert_int_equal(departure->expectations[0].metric, METRIC_ERRORS);
        assert_int_equal(departure->expectations[0].line, 5);
        assert_int_equal(departure->expectations[1].range.high, 3000000);
    }
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_departures),
    };
    return cmocka_run_group_tests_name("plan_departures", tests, plan_project_make, plan_project_remove);
}
