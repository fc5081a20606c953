<?php
// PDO's persistent connections as PHP's manual shows them. As below PHP-FPM each of `size` processes has one, and serves one
// request at a time; a request makes a new PDO, and gets the connection that its process has kept.
ini_set('default_socket_timeout', -1); // of the sockets between these processes: work may come after an hour
const INSERT = 'INSERT INTO blog_posts (key) VALUES (?)';
const STATEMENTS = [
    'insert' => [INSERT, 'key'],
    'read' => ['SELECT count(*) FROM blog_posts'],
    'wait' => ['SELECT pg_sleep(?)', 'seconds'],
    'transaction' => [INSERT, 'key'],
    'lock' => ['LOCK TABLE blog_posts IN EXCLUSIVE MODE'],
    'notify' => ['WITH row AS (' . INSERT . " RETURNING key) SELECT pg_notify('hangup', key) FROM row", 'key'],
    'bulk' => ['INSERT INTO blog_posts (key, title) VALUES (?, ?)', 'key', 'title'],
    'fetch' => ["SELECT repeat('x', CAST(? AS integer))", 'bytes'],
];

function say($message)
{
    return json_encode($message, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE) . "\n";
}

// What libpq's manual offers against dead connections, for the strategy `tuned`.
const TUNED_LIBPQ = 'connect_timeout=5 keepalives_idle=30 keepalives_interval=10 keepalives_count=3 tcp_user_timeout=5000';

function connect($conninfo)
{
    return new PDO("pgsql:$conninfo", null, null,
        [PDO::ATTR_PERSISTENT => true, PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
}

function transact($conninfo, $request)
{
    if (!isset(STATEMENTS[$request['do']])) {
        throw new InvalidArgumentException('unknown operation');
    }
    $names = STATEMENTS[$request['do']];
    $statement = array_shift($names);
    $request['title'] = str_repeat('x', $request['bytes'] ?? 0);
    $suffix = !empty($request['once']) ? ' ON CONFLICT (key) DO NOTHING' : ''; // the idempotency key is the row's own
    $pdo = connect($conninfo);
    $pdo->beginTransaction();
    try {
        $pdo->prepare($statement . $suffix)->execute(array_map(fn ($name) => $request[$name], $names));
        usleep(1000 * ($request['pause_ms'] ?? 0));
        foreach ($request['then'] ?? [] as $key) {
            $pdo->prepare(INSERT . $suffix)->execute([$key]);
        }
        $pdo->commit();
    } catch (PDOException $error) {
        try { // as the manual's example does; what it says then is of no use to anybody
            $pdo->rollBack();
        } catch (PDOException $ignored) {
        }
        throw $error;
    }
}

function answer($conninfo, $line)
{
    $request = json_decode($line, true);
    try {
        transact($conninfo, $request);
        return say(['id' => $request['id'], 'ok' => true]);
    } catch (Throwable $error) {
        $state = $error instanceof PDOException ? ($error->errorInfo[0] ?? null) : null;
        return say(['id' => $request['id'], 'error' => rtrim($error->getMessage()), 'kind' => get_class($error),
            'sqlstate' => preg_match('/^[0-9A-Z]{5}$/', (string) $state) && $state !== 'HY000' ? $state : null]);
    }
}

// A worker: connects, says so, and answers line by line.
function work($socket, $conninfo)
{
    try {
        connect($conninfo);
        fwrite($socket, "\n");
    } catch (PDOException $error) {
        fwrite($socket, $error->getMessage());
        exit(1);
    }
    while (($line = fgets($socket)) !== false) {
        fwrite($socket, answer($conninfo, $line));
    }
    exit(0);
}

function start($conninfo)
{
    [$ours, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    if (pcntl_fork() === 0) {
        fclose($ours);
        work($theirs, $conninfo);
    }
    fclose($theirs);
    return $ours;
}

['conninfo' => $conninfo, 'size' => $size, 'strategy' => $strategy] = json_decode(fgets(STDIN), true)['open'];
$conninfo = $strategy === 'tuned' ? TUNED_LIBPQ . " $conninfo" : $conninfo;
$workers = [];
for ($i = 0; $i < $size; $i++) {
    $workers[$i] = start($conninfo);
}
foreach ($workers as $worker) {
    $word = fgets($worker);
    if ($word !== "\n") {
        echo say(['error' => (string) $word]);
        exit(1);
    }
}
$library = (new ReflectionExtension('pdo_pgsql'))->getVersion();
echo say(['ready' => true, 'name' => 'php-pdo', 'version' => PHP_VERSION, 'driver' => "pdo_pgsql $library",
    'speaks' => ['lock', 'notify', 'once', 'sslmode', 'then']]);

// Lines go to whoever is idle; what comes meanwhile waits in the pipe.
stream_set_blocking(STDIN, false);
[$idle, $busy, $input, $open] = [array_keys($workers), [], '', true];
while ($open || $busy) {
    while ($idle && ($end = strpos($input, "\n")) !== false) {
        $next = array_shift($idle);
        fwrite($workers[$next], substr($input, 0, $end + 1));
        $busy[$next] = $workers[$next];
        $input = substr($input, $end + 1);
    }
    if (!$open && !$busy) {
        break;
    }
    $readable = $open && $idle ? ['input' => STDIN] + $busy : $busy;
    [$none, $null] = [[], null];
    stream_select($readable, $none, $none, $null);
    foreach ($readable as $name => $stream) {
        if ($name === 'input') {
            $more = fread(STDIN, 65536);
            $input .= $more;
            $open = $more !== '' || !feof(STDIN);
        } else {
            $line = fgets($stream);
            echo $line === false ? '' : $line;
            unset($busy[$name]);
            $idle[] = $name;
        }
    }
}
array_map('fclose', $workers);
while (pcntl_wait($status) > 0) {
}
