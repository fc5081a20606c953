import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

/** Tomcat's JDBC pool; test-on-borrow as in its documentation's example (validationInterval is left at 3 s). */
final class TomcatJdbc {
    public static void main(String[] arguments) throws Exception {
        Subject.serve("tomcat-jdbc", Subject.versionOf(DataSource.class), settings -> {
            PoolProperties pool = new PoolProperties();
            pool.setUrl(settings.url());
            pool.setDriverClassName("org.postgresql.Driver");
            if (settings.strategy().equals("tuned")) {
                pool.setTestOnBorrow(true);
                pool.setValidationQuery("SELECT 1");
                pool.setValidationQueryTimeout(2); // seconds
                pool.setTestWhileIdle(true);
                pool.setTimeBetweenEvictionRunsMillis(30_000);
                pool.setMaxWait(10_000);
                Subject.tunePgjdbc(settings.properties());
            }
            pool.setDbProperties(settings.properties());
            pool.setMaxActive(settings.size());
            if (settings.strategy().equals("test-on-borrow")) {
                pool.setTestOnBorrow(true);
                pool.setValidationQuery("SELECT 1");
            }
            return new DataSource(pool);
        });
    }
}
