<?php
// PDO without persistent connections. It has no threads: each connection has a process of its own, which serves one operation, and
// the last of them all that come after.
const STATEMENTS = [
    'read' => ['SELECT count(*) FROM blog_posts'],
    'wait' => ['SELECT pg_sleep(?)', 'seconds'],
    'transaction' => ['INSERT INTO blog_posts (key) VALUES (?)', 'key'],
    'bulk' => ['INSERT INTO blog_posts (key, title) VALUES (?, ?)', 'key', 'title'],
    'connect' => ['SELECT 1'],
];

function say($message)
{
    // One write: other processes write to the same pipe.
    fwrite(STDOUT, json_encode($message, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
}

function describe($error)
{
    $state = (string) ($error->errorInfo[0] ?? '');
    return ['error' => rtrim($error->getMessage()), 'kind' => get_class($error),
        'sqlstate' => preg_match('/^[0-9A-Z]{5}$/', $state) && $state !== 'HY000' ? $state : null];
}

// No rollBack(): it would fail too, and say nothing that anybody wants.
function transact($pdo, $request)
{
    $names = STATEMENTS[$request['do']];
    $statement = array_shift($names);
    $request['title'] = str_repeat('x', $request['bytes'] ?? 0);
    $pdo->beginTransaction();
    $pdo->prepare($statement)->execute(array_map(fn ($name) => $request[$name], $names));
    usleep(1000 * ($request['pause_ms'] ?? 0));
    $pdo->commit();
}

// Opens a connection, says so, waits for its operation and answers it. A connection's state is none of PDO's words.
function work($socket, $conninfo)
{
    try {
        $pdo = new PDO("pgsql:$conninfo");
        fwrite($socket, "\n");
    } catch (PDOException $error) {
        fwrite($socket, json_encode(describe($error)) . "\n");
        exit(1);
    }
    while (($line = fgets($socket)) !== false) {
        serve($pdo, json_decode($line, true));
    }
    exit(0);
}

function serve($pdo, $request)
{
    try {
        transact($pdo ?? new PDO("pgsql:{$request['conninfo']}"), $request);
        say(['id' => $request['id'], 'ok' => true]);
    } catch (PDOException $error) {
        say(['id' => $request['id']] + describe($error));
    }
}

function start($conninfo, &$processes)
{
    [$ours, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $process = pcntl_fork();
    if ($process === 0) {
        fclose($ours);
        work($theirs, $conninfo);
    }
    fclose($theirs);
    $processes[] = $process;
    return $ours;
}

ini_set('default_socket_timeout', -1); // of the sockets between these processes
['conninfo' => $conninfo, 'size' => $size, 'strategy' => $strategy] = json_decode(fgets(STDIN), true)['open'];
$conninfo .= $strategy === 'plain' ? ' sslmode=disable' : '';
$workers = $processes = [];
while (count($workers) < $size) {
    // One after the other: the first operation gets the first connection, and so on; the packets are told apart by that.
    $worker = start($conninfo, $processes);
    $word = fgets($worker);
    if ($word !== "\n") {
        echo $word;
        exit(1);
    }
    $workers[] = $worker;
}
$library = (new ReflectionExtension('pdo_pgsql'))->getVersion();
say(['ready' => true, 'name' => 'pdo', 'version' => PHP_VERSION, 'driver' => "pdo_pgsql $library", 'speaks' => ['connect']]);
while (($line = fgets(STDIN)) !== false) {
    $request = json_decode($line, true);
    if ($request['do'] !== 'connect') {
        fwrite(count($workers) > 1 ? array_shift($workers) : $workers[0], $line);
        continue;
    }
    $process = pcntl_fork();
    if ($process === 0) {
        serve(null, ['conninfo' => $conninfo] + $request);
        exit(0);
    }
    $processes[] = $process;
}
foreach ($processes as $process) {
    posix_kill($process, SIGKILL); // some may wait for ever
}
