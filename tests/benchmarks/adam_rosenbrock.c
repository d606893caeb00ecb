/* Adam on Rosenbrock's valley, every step recorded: what a patient C programmer would write. */
#include <math.h>

void descend(long steps, double x, double y, double rate,
             double *points, double *losses, double *gradients)
{
    const double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
    double mx = 0, my = 0, vx = 0, vy = 0, power1 = 1, power2 = 1;
    for (long t = 0;; t++) {
        double a = 1 - x, b = y - x * x;
        double gx = -2 * a - 400 * x * b, gy = 200 * b;
        points[2 * t] = x;
        points[2 * t + 1] = y;
        losses[t] = a * a + 100 * b * b;
        gradients[2 * t] = gx;
        gradients[2 * t + 1] = gy;
        if (t == steps)
            return;
        power1 *= beta1;
        power2 *= beta2;
        double step = rate / (1 - power1), root = 1 / sqrt(1 - power2);
        mx = beta1 * mx + (1 - beta1) * gx;
        my = beta1 * my + (1 - beta1) * gy;
        vx = beta2 * vx + (1 - beta2) * gx * gx;
        vy = beta2 * vy + (1 - beta2) * gy * gy;
        x -= step * mx / (sqrt(vx) * root + epsilon);
        y -= step * my / (sqrt(vy) * root + epsilon);
    }
}
