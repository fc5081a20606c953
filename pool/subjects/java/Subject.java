import com.google.gson.*;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.sql.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.jar.JarFile;
import java.util.regex.*;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.util.DriverInfo;

/** The subject protocol (../README.md) for every pool that is a DataSource over pgjdbc. */
final class Subject {
    /** What the harness asks for: a JDBC URL with pgjdbc's properties beside it. */
    record Settings(String url, Properties properties, int size, String strategy, int workers) {}

    interface Opener {
        DataSource open(Settings settings) throws Exception;
    }

    private static final Map<String, String> STATEMENTS = Map.of(
        "insert", "INSERT INTO blog_posts (key) VALUES (?)",
        "read", "SELECT count(*) FROM blog_posts",
        "wait", "SELECT pg_sleep(?)",
        "transaction", "INSERT INTO blog_posts (key) VALUES (?)",
        "lock", "LOCK TABLE blog_posts IN EXCLUSIVE MODE",
        "notify", "WITH row AS (INSERT INTO blog_posts (key) VALUES (?) RETURNING key) SELECT pg_notify('hangup', key) FROM row",
        "connect", "SELECT now()",
        "bulk", "INSERT INTO blog_posts (key, title) VALUES (?, ?)",
        "fetch", "SELECT repeat('x', ?)");

    /** The words beyond the first ones that these adapters know. */
    private static final List<String> SPEAKS = List.of("connect", "listen", "lock", "notify", "once", "sslmode", "then", "within");

    // pgjdbc has its own time-out where libpq has tcp_user_timeout: none. Of the keepalives it can only say yes or no.
    private static final Map<String, String> PROPERTIES = Map.of("user", "user", "password", "password", "sslmode", "sslmode",
        "sslrootcert", "sslrootcert", "connect_timeout", "connectTimeout");

    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    static void say(Map<String, Object> message) {
        OUT.println(new GsonBuilder().serializeNulls().disableHtmlEscaping().create().toJson(message)); // a whole line, flushed
    }

    static Map<String, Object> describe(Throwable error) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("error", String.valueOf(error.getMessage()).stripTrailing());
        answer.put("kind", error.getClass().getSimpleName());
        answer.put("sqlstate", error instanceof SQLException sql ? sql.getSQLState() : null);
        return answer;
    }

    static Settings settings(JsonObject open) {
        Map<String, String> words = new HashMap<>();
        Matcher word = Pattern.compile("(\\w+)=(?:'([^']*)'|(\\S*))").matcher(open.get("conninfo").getAsString());
        while (word.find())
            words.put(word.group(1), word.group(2) != null ? word.group(2) : word.group(3));
        Properties properties = new Properties();
        PROPERTIES.forEach((libpq, pgjdbc) -> {
            if (words.containsKey(libpq))
                properties.setProperty(pgjdbc, words.get(libpq));
        });
        if (words.keySet().stream().anyMatch(name -> name.startsWith("keepalives_")))
            properties.setProperty("tcpKeepAlive", "true");
        String url = "jdbc:postgresql://" + words.get("host") + ":" + words.get("port") + "/" + words.get("dbname");
        return new Settings(url, properties, open.get("size").getAsInt(), open.get("strategy").getAsString(),
            open.get("workers").getAsInt());
    }

    /** What pgjdbc's documentation offers against dead connections, for the strategy tuned; in seconds. */
    static void tunePgjdbc(Properties properties) {
        properties.putIfAbsent("connectTimeout", "5");
        properties.putIfAbsent("socketTimeout", "30");
        properties.putIfAbsent("tcpKeepAlive", "true");
    }

    private static void execute(Connection connection, JsonObject operation, String work, String key) throws Exception {
        if (!STATEMENTS.containsKey(work))
            throw new IllegalArgumentException("unknown operation");
        String once = operation.has("once") ? " ON CONFLICT (key) DO NOTHING" : ""; // the idempotency key is the row's own
        try (PreparedStatement statement = connection.prepareStatement(STATEMENTS.get(work) + once)) {
            switch (work) {
                case "insert", "transaction", "notify" -> statement.setString(1, key);
                case "wait" -> statement.setDouble(1, operation.get("seconds").getAsDouble());
                case "fetch" -> statement.setInt(1, operation.get("bytes").getAsInt());
                case "bulk" -> {
                    statement.setString(1, key);
                    statement.setString(2, "x".repeat(operation.get("bytes").getAsInt()));
                }
            }
            if (operation.has("within_ms")) // in whole seconds; of each statement, not of the checkout and of the COMMIT
                statement.setQueryTimeout((operation.get("within_ms").getAsInt() + 999) / 1000);
            statement.execute();
        }
    }

    static void executeAll(Connection connection, JsonObject operation) throws Exception {
        execute(connection, operation, operation.get("do").getAsString(),
            operation.has("key") ? operation.get("key").getAsString() : null);
        if (operation.has("pause_ms"))
            Thread.sleep(operation.get("pause_ms").getAsInt());
        if (operation.has("then"))
            for (JsonElement key : operation.getAsJsonArray("then"))
                execute(connection, operation, "insert", key.getAsString());
    }

    private static int transact(Connection connection, JsonObject operation) throws Exception {
        int backend = connection.unwrap(PGConnection.class).getBackendPID();
        connection.setAutoCommit(false);
        try {
            executeAll(connection, operation);
            connection.commit();
            return backend;
        } catch (SQLException error) {
            try {
                connection.rollback();
            } catch (SQLException another) {
                error.addSuppressed(another); // the first one is the cause
            }
            throw error;
        }
    }

    /** What a connection that listens for so long has heard. */
    private static List<String> listen(Connection connection, double seconds) throws SQLException {
        List<String> heard = new ArrayList<>();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN hangup");
        }
        PGConnection session = connection.unwrap(PGConnection.class);
        for (long left; (left = (end - System.nanoTime()) / 1_000_000) > 0;) {
            PGNotification[] some = session.getNotifications((int) left);
            for (PGNotification notification : some == null ? new PGNotification[0] : some)
                heard.add(notification.getParameter());
        }
        return heard;
    }

    private static Map<String, Object> perform(DataSource source, Settings settings, JsonObject operation) throws Exception {
        Map<String, Object> answer = new LinkedHashMap<>();
        String work = operation.get("do").getAsString();
        boolean alone = work.equals("connect") || work.equals("listen"); // on a connection of its own
        try (Connection connection = alone ? DriverManager.getConnection(settings.url(), settings.properties())
                                           : source.getConnection()) {
            if (work.equals("listen"))
                answer.put("heard", listen(connection, operation.get("seconds").getAsDouble()));
            else if (work.equals("connect"))
                execute(connection, operation, work, null);
            else
                answer.put("backend", transact(connection, operation));
        }
        answer.put("ok", true);
        return answer;
    }

    private static void answer(DataSource source, Settings settings, JsonObject operation) {
        Map<String, Object> answer;
        try {
            answer = perform(source, settings, operation);
        } catch (Exception error) {
            error.printStackTrace();
            answer = describe(error);
        }
        answer.put("id", operation.get("id"));
        say(answer);
    }

    private static void openAll(DataSource source, int size) throws SQLException {
        List<Connection> connections = new ArrayList<>();
        while (connections.size() < size)
            connections.add(source.getConnection());
        for (Connection connection : connections)
            connection.close();
    }

    /** The version that stands in the jar of a pool's class. */
    static String versionOf(Class<?> type) throws Exception {
        try (JarFile jar = new JarFile(new File(type.getProtectionDomain().getCodeSource().getLocation().toURI()))) {
            return jar.getManifest().getMainAttributes().getValue("Bundle-Version");
        }
    }

    static void serve(String name, String version, Opener opener) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Settings settings = settings(JsonParser.parseString(input.readLine()).getAsJsonObject().getAsJsonObject("open"));
        DataSource source = null;
        try {
            source = opener.open(settings);
            openAll(source, settings.size());
        } catch (Exception error) {
            say(describe(error));
            System.exit(1);
        }
        say(Map.of("ready", true, "name", name, "version", version, "speaks", SPEAKS, "driver",
            DriverInfo.DRIVER_FULL_NAME + " (Java " + System.getProperty("java.version") + ")"));
        ExecutorService workers = Executors.newFixedThreadPool(settings.workers());
        for (String line; (line = input.readLine()) != null;) {
            JsonObject operation = JsonParser.parseString(line).getAsJsonObject();
            DataSource pool = source;
            workers.execute(() -> answer(pool, settings, operation));
        }
        workers.shutdown();
        workers.awaitTermination(Long.MAX_VALUE, TimeUnit.SECONDS);
        if (source instanceof AutoCloseable pool)
            pool.close();
        System.exit(0); // whatever threads the pool keeps
    }
}
