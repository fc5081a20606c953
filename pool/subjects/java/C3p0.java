import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.mchange.v2.c3p0.subst.C3P0Substitutions;

/** c3p0; test-on-checkout with the test query that its documentation asks for. */
final class C3p0 {
    public static void main(String[] arguments) throws Exception {
        Subject.serve("c3p0", C3P0Substitutions.VERSION, settings -> {
            ComboPooledDataSource source = new ComboPooledDataSource();
            source.setJdbcUrl(settings.url());
            if (settings.strategy().equals("tuned")) {
                source.setTestConnectionOnCheckout(true);
                source.setPreferredTestQuery("SELECT 1");
                source.setIdleConnectionTestPeriod(30); // seconds
                source.setCheckoutTimeout(10_000);
                Subject.tunePgjdbc(settings.properties());
            }
            source.setProperties(settings.properties());
            source.setInitialPoolSize(settings.size());
            source.setMinPoolSize(settings.size());
            source.setMaxPoolSize(settings.size());
            if (settings.strategy().equals("test-on-checkout")) {
                source.setTestConnectionOnCheckout(true);
                source.setPreferredTestQuery("SELECT 1");
            }
            return source;
        });
    }
}
