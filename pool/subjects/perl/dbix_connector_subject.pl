#!/usr/bin/perl
# DBIx::Connector as its documentation shows it: txn() in the mode of the strategy. A connection belongs to a process, so `size`
# processes have one each, and serve one request at a time.
use strict;
use warnings;
use DBIx::Connector;
use IO::Handle;
use IO::Select;
use JSON::PP;
use Socket;
use Time::HiRes;

my $insert = 'INSERT INTO blog_posts (key) VALUES (?)';
my %statements = (
    insert      => [$insert, 'key'],
    read        => ['SELECT count(*) FROM blog_posts'],
    wait        => ['SELECT pg_sleep(?)', 'seconds'],
    transaction => [$insert, 'key'],
    lock        => ['LOCK TABLE blog_posts IN EXCLUSIVE MODE'],
    notify      => ["WITH row AS ($insert RETURNING key) SELECT pg_notify('hangup', key) FROM row", 'key'],
    bulk        => ['INSERT INTO blog_posts (key, title) VALUES (?, ?)', 'key', 'title'],
    fetch       => ["SELECT repeat('x', ?)", 'bytes'],
);
my $json = JSON::PP->new->utf8->canonical;
STDOUT->autoflush(1);

sub transact {
    my ($connector, $mode, $request) = @_;
    my ($statement, @names) = @{ $statements{ $request->{do} } // die "unknown operation\n" };
    $request->{title} = 'x' x ($request->{bytes} // 0);
    my $suffix = $request->{once} ? ' ON CONFLICT (key) DO NOTHING' : ''; # the idempotency key is the row's own
    return $connector->txn($mode, sub {
        $_->do($statement . $suffix, undef, map { $request->{$_} } @names);
        Time::HiRes::sleep($request->{pause_ms} / 1000) if $request->{pause_ms};
        for my $key (@{ $request->{then} // [] }) {
            $_->do($insert . $suffix, undef, $key);
        }
        return $_->{pg_pid};
    });
}

sub answer {
    my ($connector, $mode, $line) = @_;
    my $request = $json->decode($line);
    my $backend = eval { transact($connector, $mode, $request) };
    return { id => $request->{id}, ok => JSON::PP::true, backend => $backend } if defined $backend;
    my ($error, $state) = ($@, $DBI::state);
    $error = $error->error if ref $error && $error->can('error'); # a ROLLBACK failed as well: what came first
    $error = "$error";
    $error =~ s/ at \S+ line \d+.*\z//s;
    $error =~ s/\s+\z//;
    return { id => $request->{id}, error => $error, kind => 'DBI', sqlstate => $state && $state =~ /^(?!S1000|22000$)\w{5}$/ ? $state : undef };
}

# A worker: connects, says so, and answers line by line.
sub work {
    my ($socket, $connector, $mode) = @_;
    my $connected = eval { $connector->dbh; 1 };
    print {$socket} $connected ? "\n" : $@ =~ s/\s+/ /gr . "\n";
    exit 1 unless $connected;
    print {$socket} $json->encode(answer($connector, $mode, $_)), "\n" while <$socket>;
    exit 0;
}

sub start {
    my ($connector, $mode) = @_;
    socketpair(my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die "socketpair: $!";
    $_->autoflush(1) for $ours, $theirs;
    return $ours if fork;
    close $ours;
    return work($theirs, $connector, $mode);
}

my $open = $json->decode(scalar <STDIN>)->{open};
# What libpq's manual offers against dead connections, for the strategy `tuned`.
my $tuned = 'connect_timeout=5 keepalives_idle=30 keepalives_interval=10 keepalives_count=3 tcp_user_timeout=5000 ';
(my $dsn = ($open->{strategy} eq 'tuned' ? $tuned : '') . $open->{conninfo}) =~ s/(?<=\S)\s+(?=\w+=)/;/g;
my $connector = DBIx::Connector->new("dbi:Pg:$dsn", undef, undef, { RaiseError => 1, PrintError => 0, AutoCommit => 1 });
my $mode = { default => 'no_ping', tuned => 'ping' }->{ $open->{strategy} } // $open->{strategy};
my @idle = map { start($connector, $mode) } 1 .. $open->{size};
for my $worker (@idle) {
    my $word = <$worker>;
    next if defined $word && $word eq "\n";
    print $json->encode({ error => $word // 'a worker ended' }), "\n";
    exit 1;
}
require DBD::Pg;
print $json->encode({ ready => JSON::PP::true, name => 'dbix-connector', version => "$DBIx::Connector::VERSION",
        driver => "DBD::Pg $DBD::Pg::VERSION", speaks => [qw(lock notify once sslmode then)] }), "\n";

# Lines go to whoever is idle; what comes meanwhile waits in the pipe.
my ($busy, $input, $more) = (IO::Select->new, '', 1);
while ($more || $busy->count) {
    while (@idle && $input =~ s/^(.*\n)//) {
        my $next = shift @idle;
        print {$next} $1;
        $busy->add($next);
    }
    last unless $more || $busy->count;
    my $wanted = IO::Select->new($busy->handles, $more && @idle ? \*STDIN : ());
    for my $ready ($wanted->can_read) {
        if ($ready == \*STDIN) {
            $more = sysread STDIN, $input, 65536, length $input;
            next;
        }
        my $line = <$ready>;
        print $line // '';
        $busy->remove($ready);
        push @idle, $ready;
    }
}
close $_ for @idle;
1 while wait > 0;
