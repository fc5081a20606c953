import java.time.Duration;
import org.apache.commons.dbcp2.BasicDataSource;

/** Apache Commons DBCP 2: it tests on borrow unless it is told not to. */
final class Dbcp2 {
    public static void main(String[] arguments) throws Exception {
        Subject.serve("dbcp2", Subject.versionOf(BasicDataSource.class), settings -> {
            BasicDataSource source = new BasicDataSource();
            source.setUrl(settings.url());
            if (settings.strategy().equals("tuned")) {
                source.setValidationQueryTimeout(Duration.ofSeconds(2));
                source.setMaxWait(Duration.ofSeconds(10));
                source.setTestWhileIdle(true);
                source.setDurationBetweenEvictionRuns(Duration.ofSeconds(30));
                Subject.tunePgjdbc(settings.properties());
            }
            settings.properties().forEach((name, value) -> source.addConnectionProperty((String) name, (String) value));
            source.setMaxTotal(settings.size());
            if (settings.strategy().equals("no-test"))
                source.setTestOnBorrow(false);
            return source;
        });
    }
}
