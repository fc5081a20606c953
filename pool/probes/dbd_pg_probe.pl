#!/usr/bin/perl
# DBD::Pg without a pool. Perl has no threads here: each connection has a process of its own, which serves one operation,
# and the last of them all that come after.
use strict;
use warnings;
use DBD::Pg;
use DBI;
use IO::Handle;
use JSON::PP;
use Socket;
use Time::HiRes;

my %statements = (
    read        => ['SELECT count(*) FROM blog_posts'],
    wait        => ['SELECT pg_sleep(?)', 'seconds'],
    transaction => ['INSERT INTO blog_posts (key) VALUES (?)', 'key'],
    bulk        => ['INSERT INTO blog_posts (key, title) VALUES (?, ?)', 'key', 'title'],
    connect     => ['SELECT 1'],
);
my $json = JSON::PP->new->utf8->canonical;
STDOUT->autoflush(1);

sub say_json {
    my %message = @_;
    syswrite STDOUT, $json->encode(\%message) . "\n"; # in one piece: other processes write to the same pipe
    return;
}

# As a log has it, without the place in this file.
sub describe {
    my ($error, $state) = ($@ =~ s/ at \S+ line \d+.*\z//sr =~ s/\s+\z//r, $DBI::state);
    return (error => $error, kind => 'DBI', sqlstate => $state && $state =~ /^(?!S1000|22000$)\w{5}$/ ? $state : undef);
}

sub connect_to {
    return DBI->connect("dbi:Pg:$_[0]", undef, undef, { RaiseError => 1, PrintError => 0, AutoCommit => 0 });
}

# No rollback: it would fail too, and hide the first error behind its own.
sub transact {
    my ($connection, $request) = @_;
    my ($statement, @names) = @{ $statements{ $request->{do} } };
    $request->{title} = 'x' x ($request->{bytes} // 0);
    $connection->do($statement, undef, map { $request->{$_} } @names); # sends BEGIN first
    Time::HiRes::sleep($request->{pause_ms} / 1000) if $request->{pause_ms};
    return $connection->commit;
}

sub serve {
    my ($connection, $dsn, $line) = @_;
    my $request = $json->decode($line);
    if (eval { $connection //= connect_to($dsn); transact($connection, $request); 1 }) {
        say_json(id => $request->{id}, ok => JSON::PP::true, state => state($connection));
    }
    else {
        my %said = describe();
        say_json(id => $request->{id}, state => state($connection), %said);
    }
    return;
}

# What the handle itself says: it knows without asking the server.
sub state {
    my ($connection) = @_;
    return defined $connection ? 'Active = ' . ($connection->{Active} ? 1 : 0) : undef;
}

# A process that opens a connection, says so, waits for its operation and answers it.
sub start {
    my ($dsn) = @_;
    socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die "socketpair: $!";
    $_->autoflush(1) for $ours, $theirs;
    my $process = fork;
    return ($ours, $process) if $process;
    close $ours;
    my $connection = eval { connect_to($dsn) };
    my $word = defined $connection ? "\n" : $json->encode({ describe() }) . "\n";
    print {$theirs} $word;
    exit 1 unless defined $connection;
    serve($connection, $dsn, $_) while <$theirs>;
    exit 0;
}

my $open = $json->decode(scalar <STDIN>)->{open};
(my $dsn = $open->{conninfo} . ($open->{strategy} eq 'plain' ? ' sslmode=disable' : '')) =~ s/(?<=\S)\s+(?=\w+=)/;/g;
my (@workers, @processes);
# One after the other: the first operation gets the first connection, and so on; the packets are told apart by that.
for (1 .. $open->{size}) {
    my ($worker, $process) = start($dsn);
    my $word = <$worker>;
    if ($word ne "\n") {
        print $word;
        exit 1;
    }
    push @workers, $worker;
    push @processes, $process;
}
say_json(ready => JSON::PP::true, name => 'dbd-pg', version => "$DBD::Pg::VERSION", driver => "DBI $DBI::VERSION", speaks => ['connect']);
while (my $line = <STDIN>) {
    if ($json->decode($line)->{do} ne 'connect') {
        print { @workers > 1 ? shift @workers : $workers[0] } $line;
        next;
    }
    my $process = fork;
    if (!$process) {
        serve(undef, $dsn, $line);
        exit 0;
    }
    push @processes, $process;
}
kill KILL => @processes; # some may wait for ever
