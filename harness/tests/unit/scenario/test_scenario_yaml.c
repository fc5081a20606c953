// Scenarios: what YAML allows and a scenario does not, wrong keys, and how a wrong value is shown.
#include "tests/unit/scenario/scenario_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_yaml_mistakes(void **state)
{
    static const struct refusal cases[] = {
        {"", "1:1: the file is empty"},
        {"# nothing\n", "1:1: the file is empty"},
        {"- a\n", "1:1: expected a mapping, found a list"},
        {"text\n", "1:1: expected a mapping, found text"},
        {"{}\n", "1:1: the mapping is empty"},
        {CLAIM "network: {rtt: 10ms\n",
            "3:1: not valid YAML: while parsing a flow mapping: did not find expected ',' or '}'"},
        {CLAIM "\tnetwork: x\n",
            "2:1: not valid YAML: while scanning a plain scalar: found a tab character that violates indentation"},
        {CLAIM "network: \xff\n", "2:10: not valid YAML: invalid leading UTF-8 octet"},
        {GOOD "---\n" GOOD, "6:1: a second document: expected one"},
        {CLAIM "network: &path {rtt: 10ms}\n", "2:10: an anchor: expected the mapping alone"},
        {CLAIM "workload: &w [{at: 0s}]\n", "2:11: an anchor: expected the list alone"},
        {CLAIM "run_for: &r 10s\n", "2:10: an anchor: expected the value alone"},
        {CLAIM "run_for: *r\n", "2:10: an alias: expected the value itself"},
        {CLAIM "run_for: !!str 10s\n", "2:10: a tag: expected the value alone"},
        {CLAIM "workload: !!set [a]\n", "2:11: a tag: expected the list alone"},
        {CLAIM "network: !!map {rtt: 1s}\n", "2:10: a tag: expected the mapping alone"},
        {CLAIM "? [a]\n: b\n", "2:3: expected text, found a list"},
    };
    (void)state;
    ASSERT_ALL_REFUSED(cases);
}

static void test_keys(void **state)
{
    static const struct refusal cases[] = {
        {TOP "exepct: {any: {lost: 0}}\n",
            "5:1: unknown key 'exepct' (did you mean 'expect'?): expected one of " TOP_KEYS},
        {CLAIM "colour: red\n", "2:1: unknown key 'colour': expected one of " TOP_KEYS},
        {"Claim: x\n", "1:1: unknown key 'Claim' (did you mean 'claim'?): expected one of " TOP_KEYS},
        {"\"a\\nb\": x\n", "1:1: 'a?b': expected one line without control characters"},
        {"\"\": x\n", "1:1: expected text, found nothing"},
        {GOOD "claim: again\n", "6:1: duplicate key 'claim': it stands in line 1 already"},
        {TOP "expect: {none: {lost: 0}, none: {lost: 0}}\n",
            "5:27: duplicate key 'none': it stands in line 5 already"},
        {TOP "expect: {any: {lost: 0, lost: 1}}\n",
            "5:25: duplicate key 'lost': it stands in line 5 already"},
        {NETWORK WORKLOAD RUN_FOR EXPECT, "1:1: missing key 'claim'"},
        {CLAIM WORKLOAD RUN_FOR EXPECT, "1:1: missing key 'network'"},
        {CLAIM NETWORK RUN_FOR EXPECT, "1:1: missing key 'workload'"},
        {CLAIM NETWORK WORKLOAD EXPECT, "1:1: missing key 'run_for'"},
        {"# comment\n" TOP, "2:1: missing key 'expect'"},
        {CLAIM "colour: red\ncolour: blue\n", "2:1: unknown key 'colour': expected one of " TOP_KEYS},
    };
    (void)state;
    ASSERT_ALL_REFUSED(cases);
}

// A long foreign word is cut between characters, with its beginning shown.
static void test_long_values(void **state)
{
    (void)state;
    static const char yaml[] = "run_for: aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeäää\n";
    assert_refused(PATH, yaml,
        "1:10: 'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeee...': expected a duration such as 10ms, 350s or 2h");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_yaml_mistakes),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_long_values),
    };
    return cmocka_run_group_tests_name("scenario_yaml", tests, NULL, NULL);
}
