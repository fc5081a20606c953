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
        "bulk", "INSERT INTO blog_posts (key, title) VALUES (?, ?)",
        "fetch", "SELECT repeat('x', ?)");

    // pgjdbc has its own time-out where libpq has tcp_user_timeout: none. Of the keepalives it can only say yes or no.
    private static final Map<String, String> PROPERTIES = Map.of("user", "user", "password", "password", "sslmode", "sslmode",
        "sslrootcert", "sslrootcert", "connect_timeout", "connectTimeout");

    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    private static void say(Map<String, Object> message) {
        OUT.println(new GsonBuilder().serializeNulls().disableHtmlEscaping().create().toJson(message)); // a whole line, flushed
    }

    private static Map<String, Object> describe(Throwable error) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("error", String.valueOf(error.getMessage()).stripTrailing());
        answer.put("kind", error.getClass().getSimpleName());
        answer.put("sqlstate", error instanceof SQLException sql ? sql.getSQLState() : null);
        return answer;
    }

    private static Settings settings(JsonObject open) {
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

    private static void execute(Connection connection, JsonObject operation) throws Exception {
        String work = operation.get("do").getAsString();
        if (!STATEMENTS.containsKey(work))
            throw new IllegalArgumentException("unknown operation");
        try (PreparedStatement statement = connection.prepareStatement(STATEMENTS.get(work))) {
            switch (work) {
                case "insert", "transaction" -> statement.setString(1, operation.get("key").getAsString());
                case "wait" -> statement.setDouble(1, operation.get("seconds").getAsDouble());
                case "fetch" -> statement.setInt(1, operation.get("bytes").getAsInt());
                case "bulk" -> {
                    statement.setString(1, operation.get("key").getAsString());
                    statement.setString(2, "x".repeat(operation.get("bytes").getAsInt()));
                }
            }
            statement.execute();
        }
    }

    private static int transact(Connection connection, JsonObject operation) throws Exception {
        int backend = connection.unwrap(PGConnection.class).getBackendPID();
        connection.setAutoCommit(false);
        try {
            execute(connection, operation);
            if (operation.has("pause_ms"))
                Thread.sleep(operation.get("pause_ms").getAsInt());
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

    private static void answer(DataSource source, JsonObject operation) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try (Connection connection = source.getConnection()) {
            answer.put("backend", transact(connection, operation));
            answer.put("ok", true);
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
        say(Map.of("ready", true, "name", name, "version", version, "driver",
            DriverInfo.DRIVER_FULL_NAME + " (Java " + System.getProperty("java.version") + ")"));
        ExecutorService workers = Executors.newFixedThreadPool(settings.workers());
        for (String line; (line = input.readLine()) != null;) {
            JsonObject operation = JsonParser.parseString(line).getAsJsonObject();
            DataSource pool = source;
            workers.execute(() -> answer(pool, operation));
        }
        workers.shutdown();
        workers.awaitTermination(Long.MAX_VALUE, TimeUnit.SECONDS);
        if (source instanceof AutoCloseable pool)
            pool.close();
        System.exit(0); // whatever threads the pool keeps
    }
}
