# A formatter for prove: a line for each program with its seconds, and the counts for run-tests.sh, in the file TAP_COUNTS. What was planned
# and not reported has failed; so has a program that died, or that tested nothing.
package TapCounts;
use strict;
use warnings;
use parent 'TAP::Formatter::File';

{
    no warnings 'redefine';
    *TAP::Formatter::Session::time_report = sub {
        my ($self, $formatter, $parser) = @_;
        return sprintf ' %3d tests %4d s', $parser->tests_run, $parser->end_time - $parser->start_time + 0.5;
    };
}

sub summary {
    my ($self, $aggregate, $interrupted) = @_;
    my ($passed, $failed, $skipped) = (0, 0, 0);
    $self->SUPER::summary($aggregate, $interrupted);
    for my $parser ($aggregate->parsers) {
        my $reported = $parser->passed + $parser->failed;
        my $missing = ($parser->tests_planned // 0) - $reported;
        my $bad = $parser->failed + ($missing > 0 ? $missing : 0);
        $bad = 1 if $bad == 0 && ($parser->has_problems || $reported == 0);
        $failed += $bad;
        $skipped += $parser->skipped;
        $passed += $parser->passed - $parser->skipped;
    }
    open(my $counts, '>', $ENV{TAP_COUNTS}) or die "$ENV{TAP_COUNTS}: $!";
    print $counts "$passed $failed $skipped\n";
    close($counts) or die "$ENV{TAP_COUNTS}: $!";
}

1;
